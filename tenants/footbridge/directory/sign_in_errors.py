"""What can go wrong between a trust's directory and us, in words for the person who wanted to sign in."""

from enum import StrEnum

from footbridge.runtime.errors import FootbridgeError


class SignInRefused(FootbridgeError):
    """Any sign-in that ends without an identity; nothing of a token or a secret is ever in the message."""

    code = "SIGN_IN_REFUSED"


class DirectoryUnavailable(SignInRefused):
    code = "DIRECTORY_UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__("Your trust's directory does not answer just now. Please try again in some minutes.")


class DirectoryMisconfigured(SignInRefused):
    """The directory answers, but not as OpenID Connect asks; `reason` is for whoever runs it."""

    code = "DIRECTORY_MISCONFIGURED"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            "Your trust's directory is not set up in a way that we can rely on. "
            f"Please tell whoever looks after it: {reason}."
        )


class SignInNotStartedHere(SignInRefused):
    code = "SIGN_IN_NOT_STARTED_HERE"

    def __init__(self) -> None:
        super().__init__("This sign-in was not started in this browser, or it took too long. Please sign in again.")


class SignInFromAnotherDirectory(SignInRefused):
    code = "SIGN_IN_FROM_ANOTHER_DIRECTORY"

    def __init__(self) -> None:
        super().__init__("The answer did not come from your trust's directory. Please sign in again.")


class SignInDeclined(SignInRefused):
    """The directory itself said no; `error` is its code when that is a registered one."""

    code = "SIGN_IN_DECLINED"

    def __init__(self, error: str) -> None:
        self.error = error
        super().__init__("Your trust's directory did not let you sign in. Please try again or ask its administrator.")


class SignInCodeRefused(SignInRefused):
    code = "SIGN_IN_CODE_REFUSED"

    def __init__(self) -> None:
        super().__init__("This sign-in has been used already or took too long. Please sign in again.")


class IdTokenFault(StrEnum):
    """Why an id_token was refused, as it may stand in a log or an audit event."""

    MALFORMED = "it cannot be read"
    ALGORITHM = "it is not signed in a way that we accept"
    UNKNOWN_KEY = "it is signed with a key that the directory does not publish"
    SIGNATURE = "its signature is wrong"
    ISSUER = "it was issued by another directory"
    AUDIENCE = "it is meant for another application"
    EXPIRED = "it has expired"
    ISSUED_AT = "it was not issued just now"
    SUBJECT = "it does not say who has signed in"
    NONCE = "it belongs to another sign-in"
    ACCESS_TOKEN = "it belongs to another access token"
    GROUPS = "its groups cannot be read"
    USER_INFO = "the directory gave particulars of another person"


class IdTokenRefused(SignInRefused):
    code = "SIGN_IN_TOKEN_REFUSED"

    def __init__(self, fault: IdTokenFault) -> None:
        self.fault = fault
        super().__init__(
            f"The answer of your trust's directory did not pass our checks: {fault}. Please sign in again; "
            "if this goes on, tell whoever looks after the directory."
        )
