"""Errors a person can act on, and outages a job can wait for. Anything else raised is a bug.

The docstring of an `AppError` is what the person reads.
"""

from typing import ClassVar


class AppError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class NotFound(AppError):
    """This no longer exists."""


class SignedOut(AppError):
    """You are signed out. Please sign in again in another tab, and then once more here."""


class NotAllowed(AppError):
    """You do not have permission to do this."""


class ReasonRequired(AppError):
    """Choose at least one reason before rejecting a photo."""


class TooLate(AppError):
    """This can no longer be undone: the time for it has passed."""


class AlreadyShipped(AppError):
    """This order has been shipped already. What is wrong with it now can only be sent anew."""


class PatternUnfit(AppError):
    """Please use 1 to 200 letters, and in braces only what is offered below."""


class PicturesAway(AppError):
    """The place where pictures are kept does not answer. Please try again in a few minutes."""


class NoIssue(NotFound):
    """We cannot find this photo any more. Please open the newest mail from the shop."""


class ChangedMeanwhile(AppError):
    """Somebody else has changed this meanwhile. Here is how it stands now: please look again."""


class AlreadyAnswered(AppError):
    """This photo needs no answer any more. Thank you."""


class AlreadyReviewed(AppError):
    """Our photo team is at work on your answer already. If you want to change it, write to us."""


class CannotKeep(AppError):
    """We are not able to print this photo as it is. Please choose another, or write to us."""


class MessageRequired(AppError):
    """Please write a few words first."""


class MessageTooLong(AppError):
    """Your message is longer than we can take. Please shorten it a little."""


class UploadFailed(AppError):
    """Your photo did not arrive. Please try again."""


class UploadEmpty(UploadFailed):
    """This file is empty. Please choose the photo once more."""


class UploadCut(UploadFailed):
    """The connection was lost before the whole photo was here. Please try again."""


class UploadSlow(UploadFailed):
    """The connection is too slow just now. Please try again, perhaps over Wi-Fi."""


class UploadsBusy(UploadFailed):
    """Many photos are arriving just now. Please try again in a moment."""


class UploadsExhausted(UploadFailed):
    """You have tried many photos today. Please write to us, and we find a good one together."""


class UploadNotKept(UploadFailed):
    """We could not keep your photo just now. Please try again in a few minutes."""


class DraftGone(UploadFailed):
    """The photo you chose is not here any more. Please choose it once more."""


class NotUnderstood(AppError):
    """That did not arrive as it should. Reload the page and try again."""


class TooManyAttempts(AppError):
    """Too many attempts. Please try again in a few minutes."""


class EmailUnfit(AppError):
    """Please look at the e-mail address once more: it should read like name@example.com."""


class CodeWrong(AppError):
    """This code does not fit, or its time is over. Open the newest mail's link, or ask again."""


class LinkOver(AppError):
    """This link has been used, or its time is over. Please ask for a new mail below."""


class SizeImplausible(AppError):
    """Please give a print size between 1 cm and 5 m a side, and at most 50 cm of bleed or wrap."""


class QualityImplausible(AppError):
    """Please give 30 to 1200 pixels per inch, the hard minimum not above the other, and 200 to
    10000 pixels for drawings."""


class SeveralShops(AppError):
    """These photos are of different shops, which have reasons of their own. Reject them apart."""


class NotAShopAddress(AppError):
    """This is not a shop's address at Shopify, which looks like my-shop.myshopify.com."""


class CredentialsMissing(AppError):
    """Paste the app's client ID and client secret, or an access token."""


class OwnAccountNeeded(AppError):
    """The demo's people leave when a real shop is connected: sign in with an account of your own.
    The first one is made on this machine, by a command."""


class ScopesMissing(AppError):
    """Shopify does not let the app do all of this yet: see which permissions are missing."""


class ReviewHoursImplausible(AppError):
    """Please give 1 to 720 hours."""


class AddressImplausible(AppError):
    """This does not look like an e-mail address. Please check it."""


class FollowUpImplausible(AppError):
    """Please give a deadline of 1 to 90 days, and reminders on earlier days than that."""


class RetentionImplausible(AppError):
    """Please give 30 to 3650 days, or leave it empty to forget nobody."""


class RulesTooMany(AppError):
    """These are more properties than a shop has. Please remove some that you do not need."""


class PhotosNeededImplausible(AppError):
    """Please give 0 to 100 photos, or leave it empty to go by what orders show."""


class UsernameTaken(AppError):
    """This username is taken. Please choose another one."""


class PasswordUnfit(AppError):
    """Please choose a password of 8 to 72 characters; letters with accents count twice."""


class UnknownAddress(AppError):
    """Loupe does not answer to this address. LOUPE_PUBLIC_URL makes it answer to one more."""


class PictureRefused(AppError):
    """This picture cannot be used. Please choose another one."""

    #: A short stable word, for logs and scripts.
    code: ClassVar[str]


class NotAPicture(PictureRefused):
    """This file is not a picture. Please choose a photo, as JPEG, PNG, WebP, HEIC or AVIF."""

    code = "not_a_picture"


class PictureFormatUnknown(PictureRefused):
    """We cannot open this kind of file. Please choose a JPEG, PNG, WebP, HEIC or AVIF instead."""

    code = "unknown_format"


class PictureTooSmall(PictureRefused):
    """This picture is too small to print. Please choose the original photo, not a preview of it."""

    code = "too_small"


class PictureTooLarge(PictureRefused):
    """This file is larger than 60 MB. Please save the photo as JPEG and choose that copy."""

    code = "too_large"


class PictureTooManyPixels(PictureRefused):
    """This picture is larger than we can open. Please choose a copy with half its width."""

    code = "too_many_pixels"


class PictureDamaged(PictureRefused):
    """Part of this picture is missing or damaged. Please choose the original photo once more."""

    code = "damaged"


class PictureTooComplex(PictureRefused):
    """This picture takes too long to open. Please save it anew as JPEG and choose that copy."""

    code = "too_complex"


class PartUnfit(AppError):
    """This part is too small to print, or not all of it is in the picture. Choose another one."""

    code: ClassVar[str] = "part_unfit"


class MailNotNeeded(AppError):
    """What this mail tells of was answered or taken back meanwhile, so it is not sent again."""


class SenderMissing(AppError):
    """Nobody has said from which address mail is: set LOUPE_MAIL_FROM, or connect a shop."""


class NotEditable(AppError):
    """This picture is too large to be turned or cropped here. It stays as it is."""


class EditFailed(AppError):
    """The picture could not be saved just now. Please try again in a moment."""


class EditsBusy(EditFailed):
    """Other pictures are being saved just now. Please try again in a moment."""


class HoldNotNeeded(AppError):
    """This order needs no hold any more."""


class Unavailable(Exception):
    """A system outside answered badly, or not at all.

    `code` is a short stable word for logs and for the message a person reads;
    `permanent` says whether asking again can help; `retry_after` is in seconds.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        permanent: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.permanent = permanent
        self.retry_after = retry_after


class CannotStart(AppError):
    """Loupe cannot start here."""


class InUse(CannotStart):
    """Another Loupe uses this data folder: stop it, or choose another with LOUPE_DATA_DIR."""
