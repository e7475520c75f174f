"""What is answered to a request that is refused: a status for programs, and words for people."""

from starlette.responses import JSONResponse, Response

from core.errors import (
    AlreadyAnswered,
    AppError,
    ChangedMeanwhile,
    CodeWrong,
    EditFailed,
    LinkOver,
    NotAllowed,
    NotAPicture,
    NotFound,
    NotUnderstood,
    PictureFormatUnknown,
    PictureTooLarge,
    SignedOut,
    TooManyAttempts,
    UploadCut,
    UploadEmpty,
    UploadNotKept,
    UploadsBusy,
    UploadsExhausted,
    UploadSlow,
)

_STATUS = {
    NotUnderstood: 400,
    UploadCut: 400,
    UploadEmpty: 400,
    SignedOut: 401,
    CodeWrong: 403,
    LinkOver: 403,
    NotAllowed: 403,
    NotFound: 404,
    UploadSlow: 408,
    AlreadyAnswered: 409,
    ChangedMeanwhile: 409,
    PictureTooLarge: 413,
    NotAPicture: 415,
    PictureFormatUnknown: 415,
    TooManyAttempts: 429,
    UploadsExhausted: 429,
    EditFailed: 503,
    UploadNotKept: 503,
    UploadsBusy: 503,
}
#: What else an `AppError` means is that what was sent cannot be used.
_CANNOT_BE_USED = 422
_RETRY_AFTER_SECONDS = 5
_NO_STORE = {"cache-control": "no-store"}


def status_of(error: AppError) -> int:
    return next(
        (status for kind, status in _STATUS.items() if isinstance(error, kind)), _CANNOT_BE_USED
    )


def refusal(error: AppError, **content: object) -> Response:
    """Answer `{error}` in kind words, with what else is told."""
    status = status_of(error)
    headers = dict(_NO_STORE)
    if status == 503:
        headers["Retry-After"] = str(_RETRY_AFTER_SECONDS)
    if isinstance(error, PictureTooLarge | UploadSlow):
        headers["Connection"] = "close"  # else the server goes on reading what we do not want
    return JSONResponse({"error": str(error), **content}, status, headers)
