// Mouse and fingers on the part that stays: dragged as a whole, or by a corner.

import { changePart, growPart } from "./edit.js"
import { movedPart, pulledPart } from "./edit_geometry.js"

/** `scale` tells how many CSS pixels one of the picture has. */
export function listenToPart(desk, view, { node, part, corners, scale }) {
  node.addEventListener("wheel", (event) => {
    event.preventDefault()
    growPart(desk, view, Math.exp(-Math.sign(event.deltaY) * 0.04))
  })
  dragged(part, (start, size, dx, dy) => movedPart(start, size, dx, dy))
  for (const [corner, sides] of corners) {
    dragged(corner, (start, size, dx, dy) => pulledPart(start, size, sides, dx, dy))
  }

  function dragged(grip, change) {
    let from = null
    grip.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !view.edit?.part) return
      event.stopPropagation() // a corner lies on the part
      grip.setPointerCapture(event.pointerId)
      from = { x: event.clientX, y: event.clientY, part: view.edit.part, id: event.pointerId }
    })
    grip.addEventListener("pointermove", (event) => {
      if (from?.id !== event.pointerId) return
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y].map((by) => by / scale())
      changePart(desk, view, (_, size) => change(from.part, size, dx, dy))
    })
    for (const end of ["pointerup", "pointercancel"]) {
      grip.addEventListener(end, () => (from = null))
    }
  }
}
