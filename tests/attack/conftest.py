from tests.gateway.conftest import *  # noqa
