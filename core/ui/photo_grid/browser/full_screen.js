// One photo at a time, as large as the screen. What is decided here is this photo and no other.

import { openPhotos, undo } from "./desk.js"
import { openDialog } from "./dialog.js"
import { element } from "./element.js"
import { keyOf } from "./keys.js"
import { openKeys } from "./keys_dialog.js"
import { fetchAhead, picture } from "./pictures.js"
import { photoDetails } from "./photo_details.js"
import { toggle } from "./selection.js"
import { focusTile } from "./tiles.js"
import { approve, reject, setAside, verdictButtons } from "./verdicts.js"

export function openFullScreen(desk, photo) {
  const view = {
    stage: element("div", { className: "stage" }),
    name: element("strong", { role: "status" }),
    place: element("span", { className: "is-quiet" }),
    notices: element("div"),
    details: element("div", { className: "details" }),
    verdicts: verdictButtons(desk, () => [view.photo]),
    compare: toggleButton("Compare with before", "C", () => compare(desk, view)),
    select: toggleButton("Select", "Space", () => toggle(desk, view.photo.id)),
    photo,
    at: 0,
    isComparing: false,
  }
  desk.fullScreen = view
  view.dialog = openDialog(
    desk,
    {
      name: "Full screen",
      className: "full-screen",
      onKey: (event) => pressInFullScreen(desk, view, event),
      onClose: () => leave(desk, view),
    },
    ...viewerAndPanel(desk, view),
  )
  // Not the first button in it: Space would mean that button.
  view.dialog.tabIndex = -1
  view.dialog.focus()
  desk.changed()
}

function viewerAndPanel(desk, view) {
  const button = (name, className, text, onclick) =>
    element("button", { type: "button", ariaLabel: name, title: name, className, onclick }, text)
  return [
    element(
      "div",
      { className: "viewer" },
      view.stage,
      button("Previous photo", "turn is-previous", "‹", () => step(desk, view, -1)),
      button("Next photo", "turn is-next", "›", () => step(desk, view, 1)),
      button("Close full screen", "leave", "×", () => view.dialog.close()),
    ),
    element(
      "div",
      { className: "panel" },
      element("div", { className: "place" }, view.name, view.place),
      view.details,
      view.notices,
      element("div", { className: "switches" }, view.select, view.compare),
      element("div", { className: "verdicts" }, ...view.verdicts),
    ),
  ]
}

function toggleButton(name, key, onclick) {
  return element(
    "button",
    { type: "button", className: "switch", onclick },
    element("span", {}, name),
    element("kbd", { ariaHidden: "true" }, key),
  )
}

const FULL_SCREEN_KEYS = {
  ArrowLeft: (desk, view) => step(desk, view, -1),
  ArrowRight: (desk, view) => step(desk, view, 1),
  h: (desk, view) => step(desk, view, -1),
  l: (desk, view) => step(desk, view, 1),
  k: (desk, view) => step(desk, view, -1),
  j: (desk, view) => step(desk, view, 1),
  a: (desk, view) => approve(desk, [view.photo]),
  r: (desk, view) => reject(desk, [view.photo]),
  s: (desk, view) => setAside(desk, [view.photo]),
  " ": (desk, view) => toggle(desk, view.photo.id),
  c: compare,
  u: undo,
  "?": openKeys,
}

function pressInFullScreen(desk, view, event) {
  const key = keyOf(event)
  const isButtons = key === " " && event.target.matches("button")
  if (event.ctrlKey || event.metaKey || event.altKey || isButtons) return
  if (!FULL_SCREEN_KEYS[key]) return
  event.preventDefault()
  FULL_SCREEN_KEYS[key](desk, view)
}

function step(desk, view, by) {
  const next = openPhotos(desk)[view.at + by]
  if (!next) return
  view.photo = next
  desk.changed()
}

function compare(desk, view) {
  if (!view.photo.earlier?.sha256) return
  view.isComparing = !view.isComparing
  desk.changed()
}

function leave(desk, view) {
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
  view.photo = photos[view.at]
  drawPhoto(desk, view, photos.length)
  for (const near of [photos[view.at + 1], photos[view.at - 1]]) {
    if (near) fetchAhead(near.sha256, "full")
  }
}

function drawPhoto(desk, view, count) {
  const { photo, isComparing } = view
  const before = photo.earlier?.sha256
  view.name.textContent = photo.label
  view.place.textContent = `${view.at + 1} / ${count}`
  view.compare.hidden = !before
  view.compare.ariaPressed = String(Boolean(before) && isComparing)
  view.select.ariaPressed = String(desk.selected.has(photo.id))
  const what = JSON.stringify([photo, isComparing])
  if (view.what === what) return
  view.what = what
  view.stage.replaceChildren(...figures(photo, before && isComparing))
  view.details.replaceChildren(...photoDetails(photo))
}

function figures(photo, isComparing) {
  const { sha256, label, width, height, earlier } = photo
  const now = picture(sha256, "full", { alt: `Photo of ${label}`, width, height, loading: "eager" })
  if (!isComparing) return [now]
  const old = picture(earlier.sha256, "full", { alt: "The picture before", loading: "eager" })
  return [
    element("figure", {}, element("figcaption", {}, "Before"), old),
    element("figure", {}, element("figcaption", {}, "Now"), now),
  ]
}
