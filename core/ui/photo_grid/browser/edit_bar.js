// The buttons to turn and crop with, and how many pixels of the picture stay.

import {
  cancelEdit,
  canTurnFrame,
  finishEdit,
  NO_SHAPE,
  shapeOf,
  sizeOf,
  takeAsItCame,
  togglePart,
  turnFrame,
  turnPicture,
} from "./edit.js"
import { wholePixels } from "./edit_geometry.js"
import { element, setDisabled, verbButton } from "./element.js"
import { pixelSize } from "./words.js"

/** Beside the zoom, while nothing is changed. */
export function createEditTools(desk, view) {
  const tools = {
    ...turnAndCrop(desk, view),
    asItCame: verbButton("As it came", { key: "B", onclick: () => takeAsItCame(desk, view) }),
  }
  tools.node = element(
    "div",
    { className: "edit-tools", role: "group", ariaLabel: "Turn and crop" },
    tools.left,
    tools.right,
    tools.crop,
    tools.asItCame,
  )
  return tools
}

/** In the place of the zoom, while something is. */
export function createEditBar(desk, view) {
  const bar = {
    ...turnAndCrop(desk, view),
    frame: verbButton("Turn frame", { key: "O", onclick: () => turnFrame(desk, view) }),
    pixels: element("span", { className: "pixels" }),
    cancel: verbButton("Cancel", { key: "Esc", onclick: () => cancelEdit(desk, view) }),
    save: verbButton("Save", {
      key: "Enter",
      className: "approve",
      onclick: () => finishEdit(desk, view),
    }),
  }
  bar.node = element(
    "div",
    { className: "zoom-bar edit-bar", role: "group", ariaLabel: "Edit", hidden: true },
    element("div", { className: "edit-tools" }, bar.left, bar.right, bar.crop, bar.frame),
    bar.pixels,
    bar.cancel,
    bar.save,
  )
  // After a click with the mouse, Enter means to save and not that button once more.
  bar.node.addEventListener("click", ({ detail }) => detail && view.edit && view.editor.node.focus())
  return bar
}

function turnAndCrop(desk, view) {
  const button = (name, key, onclick) => verbButton(name, { key, onclick })
  return {
    left: button("Turn left", "[", () => turnPicture(desk, view, false)),
    right: button("Turn right", "]", () => turnPicture(desk, view, true)),
    crop: button("Crop", "X", () => togglePart(desk, view)),
  }
}

export function drawEditTools(desk, tools, photo, isEditable) {
  tools.node.hidden = !isEditable
  tools.asItCame.hidden = !photo.is_edited
  drawCropButton(tools.crop, photo)
}

export function drawEditBar(bar, edit) {
  const { photo, part, saving } = edit
  drawCropButton(bar.crop, photo)
  bar.crop.ariaPressed = String(Boolean(part))
  bar.frame.hidden = !canTurnFrame(edit)
  for (const button of [bar.left, bar.right, bar.frame, bar.cancel, bar.save]) {
    setDisabled(button, Boolean(saving))
  }
  const { words, level } = pixelsLeft(edit)
  bar.pixels.textContent = words
  bar.pixels.className = `pixels resolution is-${level}`
}

function drawCropButton(button, { crop }) {
  setDisabled(button, !crop)
  button.title = crop ? "" : NO_SHAPE
}

/** "900 × 1200 px · 76 ppi, too few" */
function pixelsLeft(edit) {
  const size = sizeOf(edit)
  const left = (edit.part && wholePixels(edit.part, size)) ?? size
  const { crop } = edit.photo
  if (!crop) return { words: pixelSize(left), level: "unknown" }
  const { inches } = shapeOf(edit)
  const density = Math.round(Math.min(left.width / inches[0], left.height / inches[1]))
  const [level, word] =
    density >= crop.enough ? ["fine", "enough"] : density >= crop.few ? ["look", "few"] : ["poor", "too few"]
  return { words: `${pixelSize(left)} · ${density} ppi, ${word}`, level }
}
