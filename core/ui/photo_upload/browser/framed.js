// What is printed of a picture, drawn over it.

import { element } from "./element.js"

/** As a share of the picture: less is hardly to be seen. */
const WORTH_SEEING = 0.01

/**
 * The picture with what a crop from its middle leaves out dimmed, and whether it leaves out any.
 * `ratio` is its width by its height, and `shape` the same of the print, or null.
 */
export function framed(picture, { ratio, shape }) {
  const wideness = shape ? ratio / shape : 1
  const [across, down] = [Math.max(0, 1 - 1 / wideness), Math.max(0, 1 - wideness)]
  if (across + down < WORTH_SEEING) return [picture, false]
  const frame = element("span", { className: "frame", ariaHidden: "true" })
  frame.style.inset = `${50 * down}% ${50 * across}%`
  const node = element("div", { className: "framed" }, picture, frame)
  node.style.setProperty("--ratio", ratio)
  return [node, true]
}
