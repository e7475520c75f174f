"""What became of a property's pictures, and why, in words."""

from urllib.parse import urlsplit

from core.integrations.shopify.photo_finder import Outcome
from core.integrations.shopify.photo_reasons import REFUSED, Why
from core.integrations.shopify.photo_roles import Role

_ROLES = {
    Role.PHOTO: "Photo",
    Role.PREVIEW: "Preview",
    Role.DERIVED: "Worked on by an app",
    Role.PRODUCTION: "Print file",
    Role.FILE: "File",
}
_NOT_TAKEN = {
    Why.RULE_IGNORES: "Ignored by your rule",
    Why.SEEN: "Found elsewhere",
    Why.SMALLER_COPY: "Found elsewhere",
    Why.SEEN_BELOW: "Found elsewhere",
    Why.PROMISE: "Photo to come",
    Why.EMPTY: "Empty",
    Why.TEXT: "Text",
    Why.POINTER: "Text",
}
_SAYS = {
    Role.PHOTO: "Its name says that it is a photo.",
    Role.PREVIEW: "Its name says that it is a preview, which the app made.",
    Role.DERIVED: "Its name says that an app worked on the customer's photo.",
    Role.PRODUCTION: "Its name says that an app made it for the printer.",
    Role.FILE: "It is an attachment, and no picture.",
}
_WHY = {
    Why.EMPTY: "There is nothing in it.",
    Why.TEXT: "There is no address in it.",
    Why.POINTER: "It names the property that holds the preview.",
    Why.PROMISE: "It says that a photo is to come. Without one, the line is shown under To check.",
    Why.NO_ADDRESS: "It begins like an address, but not like one that can be followed: only "
    "https:// is.",
    Why.STRANGE_LETTERS: "The address contains letters that no address has.",
    Why.NOT_HTTPS: "Only addresses that begin with https:// are followed.",
    Why.BAD_HOST: "The address has a user, a port or a number in place of a public host's name, "
    "or leads into a private network.",
    Why.LOOK_ALIKE: "The host is made to look like an upload app's, but is not.",
    Why.NO_FILE: "The address names a site, and no file on it.",
    Why.TOO_LONG: "The address is too long to be one.",
    Why.PAGE_SITE: "{host} shows pages, not files.",
    Why.PAGE: "The address is a page's, not a file's.",
    Why.UNLIKELY: "Nothing about the address on {host} says that a customer uploaded it.",
    Why.PARAMETER: "The address on {host} says in its parameters what it is.",
    Why.UPLOAD_SERVICE: "{host} keeps only what customers upload.",
    Why.APP_PAGE: "The address is a page of an upload app, which tells where the original is.",
    Why.LOOKS_UPLOADED: "The address on {host} looks like an upload.",
    Why.RULE_TAKES: "Your rule takes whatever stands here.",
    Why.RULE_IGNORES: "Your rule never takes this property.",
    Why.POINTED_AT: "Another property names it as the preview.",
    Why.SEEN: "The same address is found on another property here, whose name says more or which "
    "comes first.",
    Why.SMALLER_COPY: "It is another size of a photo found above.",
    Why.SEEN_BELOW: "The item itself has the same address.",
}


def verdict(outcome: Outcome) -> str:
    if outcome.photo is not None:
        return _ROLES[outcome.photo.role]
    why = outcome.why[-1]
    return "Refused" if why in REFUSED else _NOT_TAKEN.get(why, "Not a picture")


def reasons(outcome: Outcome, untrusted: str | None) -> str:
    """In one or two sentences; `untrusted` is the host that somebody has to trust first."""
    said = [_reason(why, outcome) for why in outcome.why]
    if untrusted:
        said.append(f"It is fetched once a manager trusts {untrusted}.")
    return " ".join(said)


def _reason(why: Why, outcome: Outcome) -> str:
    role = outcome.photo.role if outcome.photo else Role.PHOTO
    if why is Why.NAME_SAYS:
        return _SAYS[role]
    if why is Why.FILE_NAME:
        kind = "a file" if role is Role.FILE else "a picture"
        return f"The value is the address of {kind} on {_host(outcome)}."
    return _WHY[why].format(host=_host(outcome))


def _host(outcome: Outcome) -> str:
    try:
        return urlsplit(outcome.photo.url if outcome.photo else outcome.text).netloc[:100]
    except ValueError:
        return ""
