// One photo: what the question is, and how it is answered.

import { keepDialog, writeDialog } from "./dialogs.js"
import {
  alarm,
  button,
  element,
  land,
  landing,
  newRequest,
  picture,
  quotation,
} from "./element.js"
import { framed } from "./framed.js"
import { hint } from "./hints.js"
import { upload } from "./upload.js"

// An iPhone hands over its HEIC only where the endings are named too.
const ACCEPTED = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif"
const LARGEST = 60 * 2 ** 20 // bytes
const PATIENCE = 20_000 // milliseconds

export class Card {
  node = element("article")
  #send // hands an answer to the server
  #photo
  #texts
  #longestMessage
  #drawn = ""
  #step // what the customer can do next
  #input
  #camera // null where there is none, or nothing that could be photographed again
  #sending = null // the upload under way
  #asked = null // the answer under way
  #settled = null // the request of the last one, if the photo has changed with it

  constructor(send) {
    this.#send = send
  }

  /** Nothing changes, and nothing under way is lost, while the photo is as it was. */
  draw(photo, texts, longestMessage) {
    const state = JSON.stringify(photo)
    if (state === this.#drawn) return
    this.#settled = this.#asked?.request ?? null
    this.close()
    this.#drawn = state
    this.#photo = photo
    this.#texts = texts
    this.#longestMessage = longestMessage
    this.node.replaceChildren(
      ...present(
        photo.picture && picture(photo.picture, photo.picture_name, photo.ratio),
        element("h2", {}, photo.product),
        photo.detail && element("p", { className: "detail" }, photo.detail),
        ...(photo.question ? this.#question(photo.question) : this.#thanks(photo.thanks)),
      ),
    )
    if (!this.#settled) return
    land(this.node.querySelector("h3, button"))
    this.node.scrollIntoView() // the thanks belong to a picture, too
  }

  /** Bring back why an answer did not count. */
  refuse(refusal) {
    if (!refusal) return
    if (refusal.request === this.#asked?.request) this.#release(refusal.message)
    if (refusal.request !== this.#settled) return
    this.#settled = null
    this.node.append(alarm(refusal.message))
  }

  close() {
    this.#sending?.abort()
    clearTimeout(this.#asked?.timer)
    this.#sending = this.#asked = null
  }

  #question({ again, reasons, comment, is_gentle }) {
    const { file, camera, comment_from } = this.#texts
    this.#input = this.#fileInput({ accept: ACCEPTED, ariaLabel: file })
    // Phones offer it with their library, but not all of them do.
    const takesPhotos = !is_gentle && matchMedia("(pointer: coarse)").matches
    this.#camera = takesPhotos
      ? this.#fileInput({ accept: "image/*", capture: "environment", ariaLabel: camera })
      : null
    this.#step = element("div", { className: "step" })
    this.#offer()
    return [
      again && element("p", {}, again),
      ...reasons.map(({ hint: code, words }) =>
        element("div", { className: "reason" }, ...present(hint(code), element("p", {}, words))),
      ),
      comment && quotation(comment_from, comment),
      this.#input,
      this.#camera,
      this.#step,
    ]
  }

  #fileInput(how) {
    return element("input", {
      type: "file",
      className: "unseen",
      tabIndex: -1, // the button opens it
      ariaHidden: "true",
      onchange: ({ target }) => target.files.length && this.#start(target.files[0]),
      ...how,
    })
  }

  #thanks({ title, next, message, undo }) {
    this.#step = element("div", { className: "step" })
    if (undo) this.#show(button(undo, "", () => this.#answer("undo")))
    return [
      landing("h3", title),
      element("p", {}, next),
      message && quotation(this.#texts.you_wrote, message),
      undo && this.#step,
    ]
  }

  #show(...nodes) {
    this.#step.replaceChildren(...present(...nodes))
  }

  #offer(problem) {
    const { consent } = this.#photo.question
    const { choose, camera, keep, write, only_photo } = this.#texts
    const keeping = consent && keepDialog(this.#texts, consent, () => this.#answer("kept"))
    const writing = writeDialog(this.#texts, this.#longestMessage, (message) =>
      this.#answer("asked", { message }),
    )
    this.#show(
      problem && alarm(problem),
      button(choose, "main", () => this.#choose()),
      this.#camera && button(camera, "", () => this.#choose(this.#camera)),
      keeping && button(keep, "", () => keeping.showModal()),
      button(write, "", () => writing.showModal()),
      element("p", { className: "hint" }, only_photo),
      keeping,
      writing,
    )
  }

  #choose(input = this.#input) {
    input.value = "" // the same file may be chosen again
    input.click()
  }

  async #start(file) {
    if (file.size > LARGEST) return this.#offer(this.#texts.too_large)
    this.#sending?.abort()
    const ours = (this.#sending = new AbortController())
    const progress = this.#showProgress(ours, file)
    try {
      const address = `/uploads/${this.#photo.id}`
      const { status, answer } = await upload(file, address, { signal: ours.signal, ...progress })
      if (ours.signal.aborted) return
      if (status === 201) this.#preview(answer)
      else this.#fail(answer?.error ?? this.#texts.not_arrived, file, status)
    } catch {
      if (!ours.signal.aborted) this.#fail(this.#texts.lost, file)
    }
  }

  #showProgress(sending, file) {
    const { uploading, opening, lost_trying, cancel } = this.#texts
    const bar = element("progress", { max: 100, value: 0, ariaLabel: uploading })
    const percent = element("span", { className: "percent" }, "0 %")
    const status = element("p", { role: "status" }, uploading)
    const stop = button(cancel, "", () => {
      sending.abort()
      this.#offer()
      land(this.#step.querySelector("button"))
    })
    const seen = glimpse(file, () => stop.scrollIntoView({ block: "nearest" }))
    this.#show(seen, status, element("div", { className: "bar" }, bar, percent), stop)
    land(stop)
    return {
      onProgress(fraction) {
        bar.value = Math.round(fraction * 100)
        percent.textContent = `${bar.value} %`
        const text = fraction < 1 ? uploading : opening
        if (status.textContent !== text) status.textContent = text // else it is read out again
      },
      onLost() {
        status.textContent = lost_trying
      },
    }
  }

  /** Without a status, the connection was lost; that, and our own troubles, may pass. */
  #fail(problem, file, status = 503) {
    if (status < 500 && status !== 408) {
      this.#offer(problem)
    } else {
      this.#show(
        alarm(problem),
        button(this.#texts.try_again, "main", () => this.#start(file)),
        button(this.#texts.choose_another, "", () => this.#choose()),
      )
    }
    land(this.#step.querySelector("button"))
  }

  #preview({ draft, sha256, width, height, shape, warnings }) {
    const { chosen, send, choose_another, frame } = this.#texts
    const notices = warnings.map((text, index) =>
      element("p", { className: "notice", id: `notice-${this.#photo.id}-${index}` }, text),
    )
    const title = landing("h3", chosen)
    // Read out with the title that the focus lands on.
    title.setAttribute("aria-describedby", notices.map(({ id }) => id).join(" "))
    const [shown, isCut] = framed(picture(`/photos/${sha256}/grid`, chosen, width / height), {
      ratio: width / height,
      shape,
    })
    this.#show(
      title,
      shown,
      isCut && element("p", { className: "hint" }, frame),
      ...notices,
      button(send, "main", () => this.#answer("replaced", { draft })),
      button(choose_another, "", () => this.#choose()),
    )
    land(title, "start")
  }

  #answer(kind, more = {}) {
    if (this.#asked) return
    const timer = setTimeout(() => this.#release(this.#texts.late), PATIENCE)
    this.#asked = { request: newRequest(), timer }
    this.#setBusy(true)
    this.#step.append(element("p", { role: "status" }, this.#texts.one_moment))
    const { id, version } = this.#photo
    this.#send({ request: this.#asked.request, kind, photo: id, version, ...more })
  }

  /** Whatever was chosen or written is still there. */
  #release(problem) {
    clearTimeout(this.#asked.timer)
    this.#asked = null
    this.#setBusy(false)
    for (const old of this.#step.querySelectorAll("[role=status], [role=alert]")) old.remove()
    this.#step.prepend(alarm(problem))
  }

  #setBusy(isBusy) {
    for (const one of this.#step.querySelectorAll("button")) one.disabled = isBusy
  }
}

/** The file itself, until the server shows what it has made of it; nothing if it cannot be shown. */
function glimpse(file, onShown) {
  const node = element("img", { alt: "", hidden: true })
  const address = URL.createObjectURL(file)
  node.onload = () => {
    node.style.setProperty("--ratio", node.naturalWidth / node.naturalHeight)
    node.hidden = false
    onShown()
    URL.revokeObjectURL(address)
  }
  node.onerror = () => {
    URL.revokeObjectURL(address)
    node.remove()
  }
  node.src = address
  return node
}

function present(...nodes) {
  return nodes.filter(Boolean)
}
