// Where the component starts. Streamlit runs it again whenever the data changes.

import { listenToFiles } from "./attaching.js"
import { watchConnection } from "./connection.js"
import { createDesk, receive, shownPhotos } from "./desk.js"
import { element } from "./element.js"
import { drawFullScreen } from "./full_screen.js"
import { listenToKeys } from "./keys.js"
import { createNotices, drawNotices } from "./notices.js"
import { closeOutbox } from "./outbox.js"
import { arrive, createPager, drawPager } from "./pager.js"
import { fetchThumbnailsAhead } from "./pictures.js"
import { comeBack } from "./returning.js"
import { listenToSweeps } from "./sweep.js"
import { createTiles, drawTiles } from "./tiles.js"
import { createToolbar, drawToolbar } from "./toolbar.js"
import { keepUnsent, takeUpUnsent } from "./unsent.js"

const desks = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const desk = desks.get(parentElement) ?? openDesk(parentElement, data.desk)
  desk.outbox.send = setTriggerValue
  if (desk.data.person === undefined) takeUpUnsent(desk, data.person)
  receive(desk, data)
  desk.changed()
  arrive(desk)
  comeBack(desk)
  fetchThumbnailsAhead(desk.root, data.upcoming)
  return () => closeDesk(desk, parentElement)
}

function openDesk(parentElement, kind) {
  const desk = createDesk(parentElement.querySelector(".desk"), kind)
  desk.toolbar = createToolbar(desk)
  desk.tiles = createTiles(desk)
  desk.pager = createPager(desk)
  desk.notices = createNotices(desk)
  desk.done = element("p", { className: "done" }, "All done here")
  desk.root.append(
    desk.toolbar.node,
    desk.tiles.node,
    desk.done,
    desk.pager.node,
    desk.notices.place,
  )
  desk.changed = () => drawDesk(desk)
  desk.deafen = listenToKeys(desk)
  desk.unwatch = watchConnection(desk)
  listenToSweeps(desk)
  if (kind === "issues") listenToFiles(desk)
  desks.set(parentElement, desk)
  return desk
}

function drawDesk(desk) {
  drawTiles(desk, desk.tiles)
  drawToolbar(desk, desk.toolbar)
  drawPager(desk, desk.pager)
  drawFullScreen(desk)
  drawNotices(desk, desk.notices)
  keepUnsent(desk)
  desk.done.hidden = shownPhotos(desk).length > 0 || desk.data.photos.length === 0
}

function closeDesk(desk, parentElement) {
  desk.isClosed = true
  desk.deafen()
  desk.unwatch()
  clearInterval(desk.notices.timer)
  closeOutbox(desk.outbox)
  desks.delete(parentElement)
}
