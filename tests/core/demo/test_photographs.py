import re
from collections.abc import Mapping
from pathlib import Path

import pillow_heif
import pytest
from PIL import (
    ExifTags,
    Image,
    ImageChops,
    ImageFilter,
    ImageOps,
    ImageStat,
    UnidentifiedImageError,
)

from core.demo import photographs

BESIDE_THE_PHOTOGRAPHS = {"SOURCES.md", "CC0-1.0.txt"}

_ACROSS = ImageFilter.Kernel((3, 3), (0, 0, 0, -1, 1, 0, 0, 0, 0), scale=1, offset=128)
_DOWN = ImageFilter.Kernel((3, 3), (0, -1, 0, 0, 1, 0, 0, 0, 0), scale=1, offset=128)


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    return photographs.make_versions(tmp_path_factory.mktemp("versions"))


def opened(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        picture.load()
        return picture


def of_kind(versions: Mapping[str, Path], kind: str) -> list[tuple[Image.Image, Image.Image]]:
    """Each version of a kind with its original."""
    found = [
        (opened(path), opened(photographs.originals()[path.stem]))
        for name, path in versions.items()
        if name.startswith(f"{kind}/")
    ]
    assert found
    return found


def detail(picture: Image.Image, kernel: ImageFilter.Kernel) -> float:
    # A kernel leaves the outermost pixels as they were.
    return contrast(ImageOps.crop(picture.convert("L").filter(kernel), 1))


def brightness(picture: Image.Image) -> float:
    return ImageStat.Stat(picture.convert("L")).mean[0]


def contrast(picture: Image.Image) -> float:
    return ImageStat.Stat(picture.convert("L")).stddev[0]


def difference(one: Image.Image, other: Image.Image) -> float:
    return brightness(ImageChops.difference(one.convert("RGB"), other.convert("RGB")))


def test_every_photograph_has_a_source_and_a_free_licence() -> None:
    sources = (photographs.FOLDER / "SOURCES.md").read_text(encoding="utf-8")

    rows = re.findall(r"^\| `(.+?)` \|.+?\|.+?\| (.+?) \| .+? \|$", sources, re.MULTILINE)

    assert {file for file, _ in rows} == {path.name for path in photographs.originals().values()}
    assert {licence for _, licence in rows} == {"CC0", "public domain"}


def test_the_package_of_every_photograph_is_named_with_its_version() -> None:
    sources = (photographs.FOLDER / "SOURCES.md").read_text(encoding="utf-8")

    used = set(re.findall(r"^\| `.+\| (.+?) \|$", sources, re.MULTILINE))
    stated = set(re.findall(r"^\| (\S+) \((?:npm|Debian|PyPI)\) \| \S+ \|", sources, re.MULTILINE))

    assert used == stated


def test_the_folder_holds_nothing_else_and_stays_small() -> None:
    files = list(photographs.FOLDER.iterdir())

    others = {path.name for path in files} - {
        path.name for path in photographs.originals().values()
    }

    assert others == BESIDE_THE_PHOTOGRAPHS
    assert sum(path.stat().st_size for path in files) < 15_000_000


@pytest.mark.parametrize("name", photographs.originals())
def test_a_photograph_is_a_plain_jpeg_without_metadata(name: str) -> None:
    photo = opened(photographs.originals()[name])

    assert (photo.format, photo.mode) == ("JPEG", "RGB")
    assert not photo.getexif()
    assert not {"icc_profile", "xmp", "comment"} & photo.info.keys()


def test_small_versions_have_a_messengers_size(versions: Mapping[str, Path]) -> None:
    for small, _ in of_kind(versions, "small"):
        assert small.size == photographs.MESSENGER


def test_soft_versions_have_lost_their_detail(versions: Mapping[str, Path]) -> None:
    for soft, original in of_kind(versions, "soft"):
        assert soft.size == original.size
        assert detail(soft, _ACROSS) < detail(original, _ACROSS) / 3


def test_moved_versions_are_smeared_in_one_direction(versions: Mapping[str, Path]) -> None:
    for moved, original in of_kind(versions, "moved"):
        across = detail(moved, _ACROSS) / detail(original, _ACROSS)
        down = detail(moved, _DOWN) / detail(original, _DOWN)

        assert across < down / 2


def test_dark_versions_are_nearly_black(versions: Mapping[str, Path]) -> None:
    for dark, original in of_kind(versions, "dark"):
        assert brightness(dark) < 30 < brightness(original)


def test_washed_out_versions_are_bright_and_flat(versions: Mapping[str, Path]) -> None:
    for washed_out, original in of_kind(versions, "washed_out"):
        assert brightness(washed_out) > 170
        assert contrast(washed_out) < contrast(original) / 3


def test_screenshots_show_the_photo_between_the_bars_of_a_phone(
    versions: Mapping[str, Path],
) -> None:
    for screenshot, original in of_kind(versions, "screenshot"):
        shown = ImageOps.contain(original, photographs.SCREEN)
        top = (screenshot.height - shown.height) // 2

        assert (screenshot.format, screenshot.size) == ("PNG", photographs.SCREEN)
        assert difference(screenshot.crop((0, top, shown.width, top + shown.height)), shown) < 1
        status_bar = screenshot.crop((0, 0, screenshot.width, 100)).convert("L")
        assert status_bar.getextrema() == (0, 255)
        assert brightness(status_bar) < 20


def test_sideways_versions_are_upright_by_their_exif_alone(versions: Mapping[str, Path]) -> None:
    sideways = of_kind(versions, "sideways")

    for stored, original in sideways:
        assert difference(ImageOps.exif_transpose(stored), original) < 3
        assert difference(stored.resize(original.size), original) > 20
    orientations = {stored.getexif()[ExifTags.Base.Orientation] for stored, _ in sideways}
    assert orientations == {3, 6, 8}


def test_heic_versions_hold_the_photo(versions: Mapping[str, Path]) -> None:
    paths = [path for name, path in versions.items() if name.startswith("heic/")]

    for path in paths:
        shown = pillow_heif.open_heif(path).to_pillow()
        assert path.read_bytes()[4:12] == b"ftypheic"
        assert difference(shown, opened(photographs.originals()[path.stem])) < 5
    assert paths


def test_alpha_versions_are_cut_out(versions: Mapping[str, Path]) -> None:
    for cut_out, _ in of_kind(versions, "alpha"):
        alpha = cut_out.getchannel("A")

        assert cut_out.format == "PNG"
        assert alpha.getpixel((0, 0)) == 0
        assert alpha.getpixel((cut_out.width // 2, cut_out.height // 2)) == 255


def test_gps_versions_tell_a_place(versions: Mapping[str, Path]) -> None:
    for located, _ in of_kind(versions, "gps"):
        place = located.getexif().get_ifd(ExifTags.IFD.GPSInfo)

        assert place[ExifTags.GPS.GPSLatitudeRef] == "N"
        assert place[ExifTags.GPS.GPSLatitude] == (48, 8, 36)


def test_cmyk_versions_are_jpegs_for_a_printing_press(versions: Mapping[str, Path]) -> None:
    for cmyk, original in of_kind(versions, "cmyk"):
        assert (cmyk.format, cmyk.mode) == ("JPEG", "CMYK")
        assert difference(cmyk, original) < 5


def test_large_versions_have_twelve_megapixels_or_more(versions: Mapping[str, Path]) -> None:
    for large, original in of_kind(versions, "large"):
        assert large.width * large.height >= 12_000_000
        assert difference(large.resize(original.size), original) < 5


def test_the_cut_photo_opens_but_ends_too_early(versions: Mapping[str, Path]) -> None:
    with Image.open(versions["cut"]) as cut, pytest.raises(OSError, match="truncated"):
        cut.load()


def test_the_text_is_no_photo_in_spite_of_its_name(versions: Mapping[str, Path]) -> None:
    assert versions["not_a_photo"].suffix == ".jpg"
    with pytest.raises(UnidentifiedImageError):
        Image.open(versions["not_a_photo"])


def test_a_second_call_makes_only_what_is_missing_and_makes_it_the_same(
    versions: Mapping[str, Path],
) -> None:
    into = versions["cut"].parent
    missing = ["heic/owl", "screenshot/ginger-cat", "small/parrot", "gps/golden-retriever"]
    before = {name: (path.stat().st_ino, path.read_bytes()) for name, path in versions.items()}
    for name in missing:
        versions[name].unlink()

    again = photographs.make_versions(into)

    assert again == versions
    assert {name: path.read_bytes() for name, path in again.items()} == {
        name: content for name, (_, content) in before.items()
    }
    untouched = [name for name in again if name not in missing]
    assert all(again[name].stat().st_ino == before[name][0] for name in untouched)
    assert {path for path in into.rglob("*") if path.is_file()} == set(again.values())
