"""Why something on an order is a photo, or is none."""

from enum import StrEnum


class Why(StrEnum):
    # There is no address in the value.
    EMPTY = "empty"
    TEXT = "text"
    POINTER = "pointer"  #: It names the property that holds the preview
    PROMISE = "promise"  #: It says that a photo is to come

    # An address that is never followed.
    NO_ADDRESS = "no_address"  #: It begins like one
    STRANGE_LETTERS = "strange_letters"
    NOT_HTTPS = "not_https"
    BAD_HOST = "bad_host"  #: A port, a user, a number, a name in a private network
    LOOK_ALIKE = "look_alike"  #: The host is made to look like an upload service's
    NO_FILE = "no_file"  #: Nothing but a host
    TOO_LONG = "too_long"

    # An address of something else, unless the merchant says otherwise.
    PAGE_SITE = "page_site"
    PAGE = "page"
    UNLIKELY = "unlikely"

    # What tells that it is a picture, or a file.
    FILE_NAME = "file_name"
    PARAMETER = "parameter"
    UPLOAD_SERVICE = "upload_service"
    APP_PAGE = "app_page"  #: A page of an upload app, which tells where the original is
    LOOKS_UPLOADED = "looks_uploaded"

    # What else decided.
    RULE_TAKES = "rule_takes"
    RULE_IGNORES = "rule_ignores"
    NAME_SAYS = "name_says"  #: The property's name gives the role
    POINTED_AT = "pointed_at"  #: Another property names it as the preview
    SEEN = "seen"  #: The same address has a better place here
    SMALLER_COPY = "smaller_copy"  #: Of a photo found before
    SEEN_BELOW = "seen_below"  #: The line, or its group, has it already


#: Whatever the merchant's rules say.
REFUSED = frozenset(
    {
        *(Why.NO_ADDRESS, Why.STRANGE_LETTERS, Why.NOT_HTTPS, Why.BAD_HOST, Why.LOOK_ALIKE),
        *(Why.NO_FILE, Why.TOO_LONG),
    }
)
#: What the merchant's rule may take for a picture all the same.
DOUBTFUL = frozenset({Why.PAGE_SITE, Why.PAGE, Why.UNLIKELY})
