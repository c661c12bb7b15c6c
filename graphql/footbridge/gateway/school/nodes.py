"""What `node(id)` finds at a school: each type registers its finder beside itself."""

from footbridge.gateway.fields.nodes import Nodes

school_nodes = Nodes()
