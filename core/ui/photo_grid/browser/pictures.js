// Where pictures are, how they are shown while they load, and fetching them ahead.

import { element } from "./element.js"

export function pictureUrl(sha256, size) {
  return `/photos/${sha256}/${size}`
}

/** A picture in its box: a calm ground while it loads, a sentence when it does not. */
export function picture(sha256, size, { alt, width, height, loading = "lazy" }) {
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

const fetched = new Map()
const MOST_FETCHED = 150

/** Pictures never change under their address, so one request is enough; but a day's would fill the
 * memory, and those of long ago can wait in the browser's cache. */
export function fetchAhead(sha256, size) {
  const url = pictureUrl(sha256, size)
  if (fetched.has(url)) return
  if (fetched.size >= MOST_FETCHED) fetched.delete(fetched.keys().next().value)
  const image = new Image()
  image.fetchPriority = "low"
  image.src = url
  fetched.set(url, image)
}
