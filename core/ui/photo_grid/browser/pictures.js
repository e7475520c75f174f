// Where pictures are, how they are shown while they load, and fetching them ahead.

import { element } from "./element.js"

export function pictureUrl(sha256, size) {
  return `/photos/${sha256}/${size}`
}

/** A picture in its box: a calm ground while it loads, a sentence when it does not. */
export function picture(sha256, size, { alt, width, height, loading = "lazy" }) {
  if (!sha256) return element("span", { className: "picture" }, noPicture())
  const box = element("span", { className: "picture is-loading" })
  const image = element("img", { alt, width, height, loading, decoding: "async", draggable: false })
  image.onload = () => box.classList.remove("is-loading")
  image.onerror = () => {
    box.classList.remove("is-loading")
    box.replaceChildren(element("span", { className: "broken" }, "This picture could not be loaded"))
  }
  image.src = pictureUrl(sha256, size)
  box.append(image)
  return box
}

export function noPicture() {
  return element("span", { className: "broken" }, "No picture came")
}

const fetched = new Map()
const MOST_FETCHED = 150

/** Pictures never change under their address, so one request is enough; but a day's would fill the
 * memory, and those of long ago can wait in the browser's cache. */
export function fetchAhead(sha256, size) {
  if (!sha256) return
  const url = pictureUrl(sha256, size)
  if (fetched.has(url)) return
  if (fetched.size >= MOST_FETCHED) fetched.delete(fetched.keys().next().value)
  const image = new Image()
  image.fetchPriority = "low"
  image.src = url
  fetched.set(url, image)
  // Decoding a screen of thumbnails takes longer than all else between a verdict and the next ones.
  image.decode().catch(() => {}) // it says so itself where it is shown
}

/** After what is in sight, which somebody waits for. */
export async function fetchThumbnailsAhead(root, photos) {
  const isInSight = (image) => {
    const { top, bottom } = image.getBoundingClientRect()
    return bottom > 0 && top < innerHeight
  }
  const images = [...root.querySelectorAll("img")].filter(isInSight)
  await Promise.allSettled(images.map((image) => image.decode()))
  for (const { sha256 } of photos) fetchAhead(sha256, "grid")
}
