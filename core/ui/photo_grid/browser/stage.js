// Where pictures stand in full screen: one, or two to compare, that zoom and move together.

import { element } from "./element.js"
import { closePane, createPane, describePane, sharpen } from "./pane.js"
import { listenToPointers } from "./pointers.js"
import {
  exactTimes,
  inPercent,
  isCloser,
  magnification,
  pannedBy,
  placePane,
  wholePicture,
  zoomedTo,
} from "./zoom.js"

const STEP = 1.5 // times closer for each press of a key
const PART = 0.2 // of the stage, for each press of an arrow
const HOLD = 120 // milliseconds that a picture may stay for the next one

/** `changed` hears of every new picture and every zoom, `swiped` which way: -1 or 1. */
export function createStage(changed, swiped) {
  const stage = {
    node: element("div", { className: "stage" }),
    panes: [],
    coming: [],
    zoom: wholePicture(),
    isSeen: false, // whether what is meant to stand here can be looked at
    changed,
  }
  listenToPointers(stage.node, {
    zoom: (factor, point) => zoomTo(stage, stage.zoom.times * factor, inPane(stage, point)),
    pan: (dx, dy, point) => pan(stage, dx, dy, inPane(stage, point).pane),
    tapTwice: (point) => toggleExact(stage, inPane(stage, point)),
    lean: (dx) => (stage.node.style.translate = dx ? `${dx}px` : ""),
    swipe: swiped,
    isCloser: () => isCloser(stage.zoom),
  })
  stage.resized = new ResizeObserver(() => drawStage(stage))
  stage.resized.observe(stage.node)
  return stage
}

/** The pictures, each as `createPane` takes it, take their place together once they can be seen;
 * `arrived` is told then. What stood there before stays so long, but not for long. */
export async function showPictures(stage, pictures, { keepsZoom = false, arrived }) {
  const panes = pictures.map(
    (picture) => paneOf(stage, picture) ?? createPane(picture, () => drawStage(stage)),
  )
  const seen = Promise.all(panes.map((pane) => pane.seen))
  closeAllBut(stage.panes, stage.coming)
  stage.coming = panes
  setSeen(stage, false)
  if (stage.panes.length) await Promise.race([seen, pause(HOLD)])
  if (stage.coming !== panes) return
  closeAllBut(panes, stage.panes)
  stage.panes = panes
  if (!keepsZoom) stage.zoom = wholePicture()
  stage.node.replaceChildren(...panes.map((pane, at) => figureOf(pane, pictures[at])))
  arrived()
  await seen
  if (stage.coming !== panes) return
  setSeen(stage, true)
  drawStage(stage)
}

function setSeen(stage, isSeen) {
  stage.isSeen = isSeen
  stage.node.ariaBusy = String(!isSeen)
}

/** What stands there already need not be loaded again to stand beside another one. */
function paneOf({ panes }, { sha256 }) {
  return panes.find((pane) => pane.sha256 === sha256)
}

function closeAllBut(kept, panes) {
  for (const pane of panes) if (!kept.includes(pane)) closePane(pane)
}

function figureOf(pane, { alt, caption }) {
  describePane(pane, alt)
  pane.caption = caption
  pane.label = caption && element("figcaption")
  return caption ? element("figure", {}, pane.label, pane.node) : pane.node
}

/** Of a picture whose size nobody has told, the original's pixels are not known. */
function labelText({ caption, isMeasured }, times) {
  return isMeasured ? `${caption} · ${inPercent(times)}` : caption
}

export function closeStage(stage) {
  stage.resized.disconnect()
  stage.coming.forEach(closePane)
  closeAllBut(stage.coming, stage.panes)
}

export function drawStage(stage, { glides = false } = {}) {
  for (const pane of stage.panes) {
    pane.sheet.classList.toggle("glides", glides)
    placePane(pane, stage.zoom)
    const times = magnification(pane, stage.zoom)
    sharpen(pane, times)
    if (pane.label) pane.label.textContent = labelText(pane, times)
  }
  stage.node.classList.toggle("is-closer", isCloser(stage.zoom))
  stage.changed()
}

function zoomTo(stage, times, at, options) {
  if (!stage.panes.length) return
  stage.zoom = zoomedTo(stage.panes, stage.zoom, times, at)
  drawStage(stage, options)
}

function pan(stage, dx, dy, pane, options) {
  if (!stage.panes.length) return
  stage.zoom = pannedBy(stage.panes, stage.zoom, dx, dy, pane)
  drawStage(stage, options)
}

/** On the way through 100 % it stops there. */
export function zoomBySteps(stage, steps) {
  const lead = stage.panes.at(-1)
  if (!lead) return
  const from = stage.zoom.times
  const to = from * STEP ** steps
  const exact = exactTimes(lead)
  const passes = (exact - from * 1.001 ** steps) * (exact - to) < 0
  zoomTo(stage, passes ? exact : to, undefined, { glides: true })
}

export function fitStage(stage) {
  zoomTo(stage, 1, undefined, { glides: true })
}

export function toggleExact(stage, at) {
  const pane = at?.pane ?? stage.panes.at(-1)
  if (!pane) return
  const times = isExact(stage) ? 1 : exactTimes(pane)
  zoomTo(stage, times, at, { glides: true })
}

export function isExact({ panes, zoom }) {
  return panes.some((pane) => Math.abs(zoom.times / exactTimes(pane) - 1) < 0.005)
}

/** Looks further in a direction: -1 or 1 across, or down. */
export function lookFurther(stage, across, down) {
  const { clientWidth: width, clientHeight: height } = stage.node
  pan(stage, -across * width * PART, -down * height * PART, undefined, { glides: true })
}

/** A point of the window as one of the pane that it lies in, from its middle. */
function inPane({ panes }, { x, y }) {
  const boxes = panes.map(({ node }) => node.getBoundingClientRect())
  const found = boxes.findIndex(({ left, right }) => x >= left && x <= right)
  const at = Math.max(0, found)
  const box = boxes[at]
  return { pane: panes[at], x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
