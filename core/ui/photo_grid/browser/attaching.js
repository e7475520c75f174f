// A picture that came by another way, e-mail say: it takes the place of the one that was asked about.

import { upload } from "../../photo_upload/browser/upload.js"
import { act, isSettled } from "./desk.js"
import { element } from "./element.js"

const ACCEPTED = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif"
const LARGEST = 60 * 2 ** 20 // bytes
/** The server's answers where another file is needed, not another try. */
const UNFIT = [413, 415, 422]
const LOST = "The connection was lost on the way."

const askBeforeLeaving = (event) => event.preventDefault()

export function chooseFile(desk, [photo]) {
  const input = element("input", { type: "file", accept: ACCEPTED })
  input.onchange = () => input.files.length && attachFile(desk, photo, input.files[0])
  input.click()
}

/** Also by dropping a file on a tile or on full screen, and by pasting a picture there. */
export function listenToFiles(desk) {
  const { root } = desk
  root.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return
    event.preventDefault() // beside a tile, the browser would show the file in place of the app
    event.dataTransfer.dropEffect = photoUnder(desk, event) ? "copy" : "none"
    markTarget(desk, event.target.closest(".tile"))
  })
  root.addEventListener("dragleave", () => markTarget(desk, null))
  root.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer.files
    if (!file) return
    event.preventDefault()
    markTarget(desk, null)
    const photo = photoUnder(desk, event)
    if (photo) attachFile(desk, photo, file)
  })
  root.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find(({ type }) => type.startsWith("image/"))
    if (!file || !desk.fullScreen) return
    event.preventDefault()
    attachFile(desk, desk.fullScreen.photo, file)
  })
}

function photoUnder(desk, { target }) {
  if (desk.fullScreen) return desk.fullScreen.photo
  const tile = target.closest(".tile")
  const photo = tile && desk.tiles.drawn.get(Number(tile.dataset.id)).photo
  return photo && !isSettled(desk, photo) ? photo : null
}

function markTarget(desk, node) {
  for (const tile of desk.root.querySelectorAll(".is-target")) tile.classList.remove("is-target")
  node?.classList.add("is-target")
}

async function attachFile(desk, photo, file) {
  const { id, version } = photo
  if (desk.attaching.get(id)?.isUnderWay) return
  const stopped = new AbortController()
  const attached = { file, share: 0, problem: "", isUnderWay: true, isFilesFault: false, stopped }
  const fail = (problem, isFilesFault = false) => Object.assign(attached, { problem, isFilesFault })
  desk.attaching.set(id, attached)
  window.addEventListener("beforeunload", askBeforeLeaving)
  desk.changed()
  try {
    if (file.size > LARGEST) return fail("This file is larger than 60 MB.", true)
    const address = `/desk/photos/${id}/picture?version=${version}`
    const { status, answer } = await upload(file, address, {
      signal: stopped.signal,
      onProgress: (share) => showShare(desk, attached, share),
      onLost: () => showShare(desk, attached, 0),
    })
    if (status === 201) desk.attaching.delete(id)
    else fail(answer?.error ?? "The photo did not arrive.", UNFIT.includes(status))
    if (status === 201 && !desk.isClosed) act(desk, "attached", [photo])
  } catch (error) {
    if (stopped.signal.aborted) desk.attaching.delete(id)
    else if (error.message === "lost") fail(LOST)
    else throw error
  } finally {
    attached.isUnderWay = false
    const isLast = ![...desk.attaching.values()].some((each) => each.isUnderWay)
    if (isLast) window.removeEventListener("beforeunload", askBeforeLeaving)
    desk.changed()
  }
}

function showShare(desk, attached, share) {
  attached.share = share
  desk.changed()
}

/** In a place that stays: a bar that grows must not be drawn anew, nor its buttons. */
export function drawAttaching(desk, place, photo) {
  const attached = desk.attaching.get(photo.id)
  place.hidden = !attached
  const step = attached && (attached.problem || "under way")
  if (place.shown?.attached !== attached || place.shown?.step !== step) {
    place.shown = { attached, step }
    place.replaceChildren(...(attached ? stepNodes(desk, photo, attached) : []))
  }
  if (attached?.isUnderWay) drawShare(place, attached)
}

function stepNodes(desk, photo, { file, problem, isFilesFault, stopped }) {
  const button = (name, onclick) => element("button", { type: "button", onclick }, name)
  const words = element("span", { role: "status" }, problem)
  if (!problem) {
    const bar = element("progress", { max: 100, value: 0, ariaLabel: "Sending the photo" })
    return [words, bar, button("Cancel", () => stopped.abort())]
  }
  const again = () => (isFilesFault ? chooseFile(desk, [photo]) : attachFile(desk, photo, file))
  const drop = () => {
    desk.attaching.delete(photo.id)
    desk.changed()
  }
  return [words, button("Try again", again), button("OK", drop)]
}

function drawShare(place, { share }) {
  const words = share < 1 ? "Sending the photo …" : "Opening it …"
  const said = place.querySelector("[role=status]")
  if (said.textContent !== words) said.textContent = words // else it is read out again
  place.querySelector("progress").value = Math.round(100 * share)
}
