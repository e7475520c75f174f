// One photo at a time, as large as the screen. What is decided here is this photo and no other.

import { drawAttaching } from "./attaching.js"
import { openPhotos, say, sayForNow } from "./desk.js"
import { openDialog } from "./dialog.js"
import { holdsBack } from "./edit.js"
import { closeEditor, createEditor, drawEditor, guardEditing } from "./edit_stage.js"
import { element, verbButton } from "./element.js"
import { drawFrame, toggleFrame } from "./frame.js"
import { pressInFullScreen } from "./full_screen_keys.js"
import { closeHistory, createHistory, showHistory } from "./history.js"
import { photoDetails } from "./photo_details.js"
import { fetchAhead } from "./pictures.js"
import { toggle } from "./selection.js"
import { skip } from "./skipping.js"
import { closeStage, createStage, drawStage, showPictures } from "./stage.js"
import { focusTile } from "./tiles.js"
import { actOnSeen } from "./verbs.js"
import { createZoomBar, drawZoomBar } from "./zoom_bar.js"

const AHEAD = [1, 2, -1] // places from the photo that is seen
const STARTLED_FOR = 700 // milliseconds
const NOT_YET = "One moment, the picture is loading."

export function openFullScreen(desk, photo) {
  if (!openPhotos(desk).some(({ id }) => id === photo.id)) return
  const view = {
    name: element("strong", { role: "status" }),
    place: element("span", { className: "is-quiet" }),
    notices: element("div"),
    details: element("div", { className: "details" }),
    attaching: element("div", { className: "attaching", hidden: true }),
    select: switchButton("Select", "Space", () => toggle(desk, view.photo.id)),
    compare: switchButton("Compare", "C", () => compare(desk, view)),
    photo,
    at: 0,
    before: null, // the picture that stands beside this one
    pictures: "", // what stands on the stage, or is about to
    startledAt: -Infinity, // when another photo took this place by itself
    edit: null, // what is being changed in the picture
  }
  view.stage = createStage(
    () => followStage(desk, view),
    (by) => step(desk, view, by),
  )
  view.zoomBar = createZoomBar(view.stage, () => toggleCrop(desk, view))
  view.editor = createEditor(desk, view)
  view.history = createHistory(desk, {
    compare: (round) => compareWith(desk, view, round),
    open: (other) => turnTo(desk, view, other),
  })
  desk.fullScreen = view
  view.dialog = openDialog(
    desk,
    {
      name: "Full screen",
      className: "full-screen",
      onKey: (event) => pressInFullScreen(desk, view, event),
      onClose: () => leave(desk, view),
    },
    viewer(desk, view),
    panel(desk, view),
  )
  guardEditing(desk, view)
  // Not the first button in it: Space would mean that button.
  view.dialog.focus()
  desk.changed()
}

function followStage(desk, view) {
  drawZoomBar(desk, view.zoomBar, view.stage, view.photo)
  drawEditor(desk, view)
  if (view.stage.isSeen && desk.hint === NOT_YET) say(desk, "")
}

function viewer(desk, view) {
  const button = (name, className, text, onclick) =>
    element("button", { type: "button", ariaLabel: name, title: name, className, onclick }, text)
  return element(
    "div",
    { className: "viewer" },
    view.stage.node,
    button("Previous photo", "turn is-previous", "‹", () => step(desk, view, -1)),
    button("Next photo", "turn is-next", "›", () => step(desk, view, 1)),
    button("Close full screen", "leave", "×", () => view.dialog.close()),
    view.editor.node,
    view.zoomBar.node,
    view.editor.bar.node,
  )
}

function panel(desk, view) {
  const { asides, verdicts } = desk.verbs
  const button = (verb, { name, className }) =>
    verbButton(name, { key: verb.key, className, onclick: () => actOnSeen(desk, view, verb) })
  return element(
    "div",
    { className: "panel" },
    element("div", { className: "place" }, view.name, view.place),
    element(
      "div",
      { className: "known", tabIndex: 0, role: "region", ariaLabel: "About this photo" },
      view.details,
      view.history.node,
    ),
    view.attaching,
    view.notices,
    element(
      "div",
      { className: "switches" },
      view.select,
      view.compare,
      ...asides.map((verb) => button(verb, { name: verb.short ?? verb.name, className: "switch" })),
    ),
    element("div", { className: "verdicts" }, ...verdicts.map((verb) => button(verb, verb))),
  )
}

function switchButton(name, key, onclick) {
  return verbButton(name, { key, className: "switch", onclick })
}

/** A verdict on a picture that nobody has seen yet would be one on the picture before it. */
export function isSeen(desk, view) {
  if (holdsBack(desk, view)) return false
  if (!view.stage.isSeen) say(desk, NOT_YET)
  return view.stage.isSeen
}

/** While the hand may still be on its way with a verdict on the photo that was here. */
export function isStartled({ startledAt }) {
  return performance.now() - startledAt < STARTLED_FOR
}

/** From when it can be seen, not from when it is known. */
function startle(desk, view, words) {
  view.startledAt = Infinity
  sayForNow(desk, words)
}

/** To a photo that was taken back; whoever has gone on meanwhile is told. */
export function comeBackTo(desk, view, photo) {
  if (view.edit || view.photo.id === photo.id) return
  view.photo = photo
  startle(desk, view, `${photo.label} is back.`)
}

export function step(desk, view, by) {
  turnTo(desk, view, openPhotos(desk)[view.at + by])
}

/** To the photo that follows, not to the end of the page where this one goes. */
export function pass(desk, view) {
  const { photo } = view
  view.photo = openPhotos(desk)[view.at + 1] ?? photo
  skip(desk, [photo])
}

function turnTo(desk, view, photo) {
  if (!photo) return
  view.photo = photo
  view.startledAt = -Infinity
  desk.changed()
}

/** With the picture that was rejected last, unless another one was chosen. */
export function compare(desk, view) {
  const { earlier } = view.photo
  if (view.before) compareWith(desk, view, view.before)
  else if (isReplaced(view.photo)) compareWith(desk, view, roundOf(view, earlier))
}

function isReplaced({ earlier, sha256 }) {
  return Boolean(earlier?.sha256) && earlier.sha256 !== sha256
}

/** The history knows its size, once it is here. */
function roundOf({ history }, { sha256 }) {
  return history.rounds.find((round) => round.sha256 === sha256) ?? { sha256 }
}

/** With the same once more: not any longer. */
function compareWith(desk, view, round) {
  view.before = view.before?.sha256 === round.sha256 ? null : round
  desk.changed()
}

export function toggleCrop(desk, view) {
  if (!view.photo.frame) return
  toggleFrame(desk, view.photo)
  desk.changed()
}

function leave(desk, view) {
  closeStage(view.stage)
  closeHistory(view.history)
  closeEditor(view.editor)
  desk.fullScreen = null
  desk.current = view.photo?.id ?? desk.current
  desk.changed()
  focusTile(desk, desk.current)
}

/** Follows the desk: a photo that was decided gives its place to the next one. */
export function drawFullScreen(desk) {
  const view = desk.fullScreen
  if (!view?.dialog) return
  const photos = openPhotos(desk)
  const found = photos.findIndex(({ id }) => id === view.photo.id)
  view.at = found >= 0 ? found : Math.min(view.at, photos.length - 1)
  if (view.at < 0) return view.dialog.close()
  const before = view.photo
  view.photo = photos[view.at]
  const surprise = surpriseIn(desk, before, view.photo)
  if (surprise) startle(desk, view, surprise)
  drawPictures(desk, view, () => drawPanel(desk, view, photos.length))
  drawEditor(desk, view)
  for (const far of AHEAD) {
    const near = photos[view.at + far]
    if (near) fetchAhead(near.sha256, "grid")
    if (near) fetchAhead(near.sha256, "full")
  }
}

/** What changed on the screen without an act of this person's; "" if nothing did. */
function surpriseIn({ decided, edited }, before, now) {
  if (before.id !== now.id) {
    return decided.has(before.id) ? "" : `${before.label} was dealt with meanwhile: this is another photo.`
  }
  const isOwn = now.sha256 === before.sha256 || now.sha256 === edited.get(now.id)?.sha256
  return isOwn ? "" : `The picture of ${now.label} has changed meanwhile.`
}

/** The panel changes with the pictures, not before: its buttons are about what is seen. */
function drawPictures(desk, view, arrived) {
  const { photo, stage } = view
  const shown = `${photo.id} ${photo.sha256}`
  const keepsZoom = view.shown === shown
  if (!keepsZoom) view.before = null
  view.shown = shown
  const pictures = JSON.stringify([photo.id, photo.sha256, view.before?.sha256])
  if (view.pictures === pictures) return view.isArrived && arrived()
  view.pictures = pictures
  view.isArrived = false
  showPictures(stage, picturesOf(view), {
    keepsZoom,
    arrived: () => {
      view.isArrived = true
      view.startledAt = Math.min(view.startledAt, performance.now())
      desk.changed()
    },
  })
}

function picturesOf({ photo, before }) {
  const { sha256, label, width, height, is_animated: isAnimated } = photo
  const now = { sha256, alt: `Photo of ${label}`, width, height, isAnimated }
  if (!before) return [now]
  return [
    { ...before, alt: "The picture before", caption: "Before" },
    { ...now, caption: "Now" },
  ]
}

function drawPanel(desk, view, count) {
  const { photo, stage } = view
  if (view.name.textContent !== photo.label) view.name.textContent = photo.label // else it is read out again
  view.place.textContent = `${view.at + 1} / ${count}`
  view.compare.hidden = !view.before && !isReplaced(photo)
  view.compare.ariaPressed = String(Boolean(view.before))
  view.select.ariaPressed = String(desk.selected.has(photo.id))
  drawAttaching(desk, view.attaching, photo)
  drawFrame(desk, photo, stage.panes.at(-1))
  drawStage(stage)
  const what = JSON.stringify([photo, desk.reminded.has(photo.id)])
  if (view.what === what) return
  view.what = what
  view.details.replaceChildren(...photoDetails(desk, photo))
  showHistory(view.history, photo)
}
