// The picture as it will be, over the stage: turned, and with the part of it that stays.

import { endEdit, holdsBack, mayEdit, shapeOf, sizeOf } from "./edit.js"
import { createEditBar, createEditTools, drawEditBar, drawEditTools } from "./edit_bar.js"
import { listenToPart } from "./edit_gestures.js"
import { element } from "./element.js"
import { pictureUrl } from "./pictures.js"

const CORNERS = [
  [-1, -1],
  [1, -1],
  [-1, 1],
  [1, 1],
]
const EDGE = 16 // CSS pixels around it, so that a corner can be taken hold of

export function createEditor(desk, view) {
  const image = element("img", { alt: "", draggable: false })
  const face = element("div", { className: "part-face" })
  const corners = CORNERS.map((sides) => [element("div", { className: cornerName(sides) }), sides])
  const part = element("div", { className: "part" }, face, ...corners.map(([node]) => node))
  const shade = element("div", { className: "shade" }, element("div"))
  const sheet = element("div", { className: "edited" }, image, shade, part)
  const saving = element("p", { className: "saving", role: "status" })
  const node = element(
    "div",
    { className: "editor", tabIndex: -1, role: "group", ariaLabel: "Turn and crop", hidden: true },
    sheet,
    saving,
  )
  const editor = { node, sheet, image, part, face, shade, saving, scale: 1, shown: "" }
  editor.bar = createEditBar(desk, view)
  editor.tools = createEditTools(desk, view)
  view.zoomBar.node.prepend(editor.tools.node)
  listenToPart(desk, view, { node, part, corners, scale: () => editor.scale })
  editor.resized = new ResizeObserver(() => view.edit && placeEdited(editor, view.edit))
  editor.resized.observe(node)
  return editor
}

function cornerName([across, down]) {
  return `corner ${across < 0 ? "is-left" : "is-right"} ${down < 0 ? "is-top" : "is-bottom"}`
}

/** No click elsewhere in full screen means anything while a picture is edited. */
export function guardEditing(desk, view) {
  const stop = (event) => {
    const [target] = event.composedPath()
    if (!view.edit || view.editor.bar.node.contains(target) || !target.closest("button, a")) return
    holdsBack(desk, view)
    event.preventDefault()
    event.stopPropagation()
  }
  view.dialog.addEventListener("click", stop, { capture: true })
}

export function closeEditor(editor) {
  editor.resized.disconnect()
}

export function drawEditor(desk, view) {
  const { editor, stage, zoomBar } = view
  settleEdit(desk, view)
  const { edit } = view
  editor.node.hidden = editor.bar.node.hidden = !edit
  stage.node.classList.toggle("is-covered", Boolean(edit))
  zoomBar.node.hidden = Boolean(edit)
  drawEditTools(desk, editor.tools, view.photo, mayEdit(desk, view.photo))
  if (!edit) return
  if (editor.shown !== edit.photo.sha256) {
    editor.shown = edit.photo.sha256
    editor.image.src = pictureUrl(edit.photo.sha256, "full")
  }
  editor.image.alt = `Photo of ${edit.photo.label}, being edited`
  editor.node.ariaBusy = String(Boolean(edit.saving))
  editor.saving.hidden = !edit.saving
  if (editor.saving.textContent !== edit.saving) editor.saving.textContent = edit.saving
  placeEdited(editor, edit)
  drawEditBar(editor.bar, edit)
}

/** It is over once the new picture can be seen, or when the photo is another one. */
function settleEdit(desk, view) {
  const { edit, photo, stage } = view
  if (!edit) return
  if (edit.isSaved) {
    if (stage.isSeen && photo.version !== edit.photo.version) endEdit(view)
  } else if (!edit.saving && (photo.id !== edit.photo.id || photo.version !== edit.photo.version)) {
    endEdit(view)
    desk.hint = "The photo has changed meanwhile, so nothing was saved."
  }
}

function placeEdited(editor, edit) {
  const { node, sheet, image, part, shade, face } = editor
  const { photo, turns } = edit
  const size = sizeOf(edit)
  const room = { width: node.clientWidth - 2 * EDGE, height: node.clientHeight - 2 * EDGE }
  if (room.width <= 0 || room.height <= 0) return
  const scale = Math.min(room.width / size.width, room.height / size.height)
  editor.scale = scale
  setBox(sheet, { ...size, scale })
  setBox(image, { ...photo, scale })
  image.style.rotate = `${90 * turns}deg`
  part.hidden = shade.hidden = !edit.part
  if (!edit.part) return
  for (const each of [part, shade.firstChild]) setBox(each, { ...edit.part, scale })
  const shape = shapeOf(edit)
  face.hidden = !shape.face
  if (shape.face) {
    const [width, height] = shape.face
    face.style.inset = `${50 * (1 - height)}% ${50 * (1 - width)}%`
  }
}

function setBox({ style }, { left, top, width, height, scale }) {
  style.width = `${width * scale}px`
  style.height = `${height * scale}px`
  if (left === undefined) return
  style.left = `${left * scale}px`
  style.top = `${top * scale}px`
}
