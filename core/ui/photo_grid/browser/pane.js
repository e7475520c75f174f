// One picture on the stage: at first its thumbnail, then its large copy, and close by the original.

import { element } from "./element.js"
import { noPicture, pictureUrl } from "./pictures.js"

/** Four bytes for each: more would not fit into the memory of a small machine. */
const MOST_PIXELS = 60_000_000

/** Without `width` and `height`, the original's pixels, those of its copy count. */
export function createPane({ sha256, alt, width, height, isAnimated }, changed) {
  const sheet = element("div", { className: "sheet" })
  const node = element("div", { className: "pane is-loading" }, sheet)
  const pane = { node, sheet, sha256, alt, width, height, changed }
  pane.isMeasured = Boolean(width)
  pane.width ??= 4
  pane.height ??= 3
  pane.image = null
  // What of the original's pixels the best picture that can be shown has, of one side.
  pane.sharpest = 1
  pane.canLoad = !isAnimated && pane.width * pane.height <= MOST_PIXELS
  pane.seen = sha256 ? firstSight(pane) : tellMissing(pane)
  return pane
}

/** Resolves with the first picture; the large copy follows where only the thumbnail was at hand. */
async function firstSight(pane) {
  const copy = imageOf(pane, "full")
  const large = decoded(copy)
  if (!copy.complete) {
    const thumbnail = imageOf(pane, "grid")
    const first = await Promise.race([large, decoded(thumbnail)])
    if (first === thumbnail && thumbnail.naturalWidth) {
      put(pane, thumbnail)
      large.then(() => settleCopy(pane, copy))
      return
    }
  }
  await large
  settleCopy(pane, copy)
}

function settleCopy(pane, copy) {
  if (copy.naturalWidth) put(pane, copy)
  else if (!pane.image) tellBroken(pane)
  pane.isCopyHere = true
  if (!pane.canLoad && pane.image) pane.sharpest = shareOfPixels(pane)
  pane.changed()
}

function imageOf({ sha256 }, size) {
  const image = element("img", { draggable: false, decoding: "sync" })
  image.src = pictureUrl(sha256, size)
  return image
}

/** Resolves with the image, whether it could be loaded or not. */
function decoded(image) {
  return image.decode().then(
    () => image,
    () => image,
  )
}

function put(pane, image) {
  if (!pane.isMeasured) {
    pane.width = image.naturalWidth
    pane.height = image.naturalHeight
  }
  image.alt = pane.alt
  if (pane.image) pane.image.replaceWith(image)
  else pane.sheet.prepend(image)
  pane.image = image
  pane.node.classList.remove("is-loading")
}

async function tellMissing({ node }) {
  node.classList.remove("is-loading")
  node.replaceChildren(noPicture())
}

function tellBroken(pane) {
  pane.node.classList.remove("is-loading")
  pane.node.replaceChildren(
    element("span", { className: "broken" }, "This picture could not be loaded"),
  )
}

export function describePane(pane, alt) {
  pane.alt = alt
  if (pane.image) pane.image.alt = alt
}

export function shareOfPixels({ image, width }) {
  return Math.min(1, image.naturalWidth / width)
}

/** At `magnification` the copy would look softer than the picture is: gets the original, once. */
export function sharpen(pane, magnification) {
  if (!pane.canLoad || !pane.isCopyHere || !pane.image || pane.original) return
  if (magnification <= shareOfPixels(pane) * 1.05 || shareOfPixels(pane) === 1) return
  pane.original = imageOf(pane, "original")
  decoded(pane.original).then((original) => {
    // Not every browser opens every format, nor turns all of them upright.
    const isSame = original.naturalWidth === pane.width && original.naturalHeight === pane.height
    if (isSame) put(pane, original)
    else pane.sharpest = shareOfPixels(pane)
    pane.isSharpened = true
    pane.changed()
  })
}

/** An original still on its way is not needed any more. */
export function closePane(pane) {
  pane.changed = () => {}
  if (pane.original && !pane.original.complete) pane.original.removeAttribute("src")
}
