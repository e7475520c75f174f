// The part of a picture that stays: geometry in its pixels, nothing of the page.

const SHORTEST = 200 // pixels: less is no picture that could be printed

/** The size of a picture after so many quarter turns, in whichever direction. */
export function turnedSize({ width, height }, turns) {
  return turns % 2 ? { width: height, height: width } : { width, height }
}

/** The largest part of this shape, from the middle. */
export function largestPart(size, aspect) {
  const width = Math.min(size.width, size.height * aspect)
  const height = width / aspect
  return { left: (size.width - width) / 2, top: (size.height - height) / 2, width, height }
}

export function movedPart(part, size, dx, dy) {
  return {
    ...part,
    left: between(part.left + dx, 0, size.width - part.width),
    top: between(part.top + dy, 0, size.height - part.height),
  }
}

/** Around its middle, as far as it can stay there. */
export function grownPart(part, size, times) {
  const aspect = part.width / part.height
  const width = between(part.width * times, ...widths(size, aspect))
  return aroundMiddle(part, size, width, width / aspect)
}

/** Drags a corner, `across` and `down` of the middle: -1 or 1; the opposite one stays. */
export function pulledPart(part, size, [across, down], dx, dy) {
  const aspect = part.width / part.height
  const [least, most] = widths(size, aspect)
  const besides = across < 0 ? part.left + part.width : size.width - part.left
  const below = down < 0 ? part.top + part.height : size.height - part.top
  const wanted = Math.max(part.width + across * dx, (part.height + down * dy) * aspect)
  const width = between(wanted, least, Math.min(most, besides, below * aspect))
  const height = width / aspect
  return {
    left: across < 0 ? part.left + part.width - width : part.left,
    top: down < 0 ? part.top + part.height - height : part.top,
    width,
    height,
  }
}

/** The same part of the picture after one quarter turn; `size` is that of before. */
export function turnedPart({ left, top, width, height }, size, isClockwise) {
  const turned = { width: height, height: width }
  return isClockwise
    ? { ...turned, left: size.height - top - height, top: left }
    : { ...turned, left: top, top: size.width - left - width }
}

/** Another shape in the same place, of about the same size. */
export function reshapedPart(part, size, aspect) {
  const wanted = Math.sqrt(part.width * part.height * aspect)
  const width = between(wanted, ...widths(size, aspect))
  return aroundMiddle(part, size, width, width / aspect)
}

/** As the server takes it; null where nothing is cut away. */
export function wholePixels(part, size) {
  const width = Math.min(size.width, Math.round(part.width))
  const height = Math.min(size.height, Math.round(part.height))
  if (width === size.width && height === size.height) return null
  const left = between(Math.round(part.left), 0, size.width - width)
  const top = between(Math.round(part.top), 0, size.height - height)
  return { left, top, width, height }
}

function aroundMiddle(part, size, width, height) {
  const left = part.left + (part.width - width) / 2
  const top = part.top + (part.height - height) / 2
  return movedPart({ left, top, width, height }, size, 0, 0)
}

/** The least and the most. */
function widths(size, aspect) {
  const most = largestPart(size, aspect).width
  return [Math.min(most, SHORTEST * Math.max(1, aspect)), most]
}

function between(value, least, most) {
  return Math.min(Math.max(value, least), most)
}
