// One photo: what the question is, and how it is answered.

import { keepDialog, writeDialog } from "./dialogs.js"
import { button, element, landing } from "./element.js"
import { upload } from "./upload.js"

// An iPhone hands over its HEIC only where the endings are named too.
const ACCEPTED = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif"
const LARGEST = 60 * 2 ** 20 // bytes
const PATIENCE = 20_000 // milliseconds

/** `send(answer)` hands an answer to the server; `refuse(refusal)` brings back why it did not count. */
export function createCard(send) {
  const node = element("article")
  let photo, texts, longestMessage
  let drawn = ""
  let region // where the customer's next step is
  let input
  let sending = null // the upload under way
  let asked = null // the answer under way

  function draw(newPhoto, newTexts, newLongest) {
    const state = JSON.stringify(newPhoto)
    if (state === drawn) return
    const wasAnswered = drawn !== "" && asked !== null
    drawn = state
    ;[photo, texts, longestMessage] = [newPhoto, newTexts, newLongest]
    close()
    node.replaceChildren(...head(), ...(photo.question ? question() : thanks()))
    if (wasAnswered) land(node.querySelector("h3"))
  }

  function head() {
    return [
      photo.picture && picture(photo.picture, photo.picture_name),
      element("h2", {}, photo.product),
      photo.detail && element("p", { className: "detail" }, photo.detail),
    ].filter(Boolean)
  }

  function question() {
    const { reasons, comment } = photo.question
    input = element("input", {
      type: "file",
      accept: ACCEPTED,
      className: "unseen",
      tabIndex: -1, // the button opens it
      ariaHidden: "true",
      "aria-label": texts.file,
      onchange: () => input.files.length && start(input.files[0]),
    })
    region = element("div", { className: "step" })
    offer()
    return [
      ...(reasons.length > 1
        ? [element("ul", { className: "reasons" }, ...reasons.map((text) => element("li", {}, text)))]
        : reasons.map((text) => element("p", { className: "reasons" }, text))),
      comment &&
        element(
          "figure",
          {},
          element("figcaption", {}, texts.comment_from),
          element("blockquote", {}, comment),
        ),
      input,
      region,
    ].filter(Boolean)
  }

  function thanks() {
    const { title, next, message } = photo.thanks
    return [
      landing("h3", title),
      element("p", {}, next),
      message &&
        element(
          "figure",
          {},
          element("figcaption", {}, texts.you_wrote),
          element("blockquote", {}, message),
        ),
    ].filter(Boolean)
  }

  function choose() {
    input.value = "" // the same file may be chosen again
    input.click()
  }

  function offer(problem) {
    const { consent } = photo.question
    const write = writeDialog(texts, longestMessage, (message) => answer("asked", { message }))
    const keep = consent && keepDialog(texts, consent, () => answer("kept"))
    region.replaceChildren(
      ...[
        problem && alarm(problem),
        button(texts.choose, "main", choose),
        keep && button(texts.keep, "", () => keep.showModal()),
        button(texts.write, "", () => write.showModal()),
        element("p", { className: "hint" }, texts.only_photo),
        keep,
        write,
      ].filter(Boolean),
    )
  }

  async function start(file) {
    if (file.size > LARGEST) return offer(texts.too_large)
    sending?.abort()
    const ours = new AbortController()
    sending = ours
    const progress = showProgress(() => {
      ours.abort()
      offer()
      land(region.querySelector("button"))
    })
    try {
      const { status, answer: reply } = await upload(file, `/uploads/${photo.id}`, {
        signal: ours.signal,
        ...progress,
      })
      if (sending !== ours) return
      if (status === 201) preview(reply)
      else fail(reply?.error ?? texts.not_arrived, file, status >= 500 || status === 408)
    } catch (error) {
      if (sending === ours && !ours.signal.aborted) fail(texts.lost, file, true)
    }
  }

  function showProgress(onCancel) {
    const bar = element("progress", { max: 100, value: 0, "aria-label": texts.uploading })
    const percent = element("span", { className: "percent" }, "0 %")
    const status = element("p", { role: "status" }, texts.uploading)
    const cancel = button(texts.cancel, "", onCancel)
    region.replaceChildren(status, element("div", { className: "bar" }, bar, percent), cancel)
    land(cancel)
    return {
      onProgress(fraction) {
        bar.value = Math.round(fraction * 100)
        percent.textContent = `${bar.value} %`
        const text = fraction < 1 ? texts.uploading : texts.opening
        if (status.textContent !== text) status.textContent = text
      },
      onLost() {
        status.textContent = texts.lost_trying
      },
    }
  }

  function fail(problem, file, mayRepeat) {
    if (!mayRepeat) {
      offer(problem)
      return land(region.querySelector("button"))
    }
    const again = button(texts.try_again, "main", () => start(file))
    region.replaceChildren(alarm(problem), again, button(texts.choose_another, "", choose))
    land(again)
  }

  function preview({ draft, sha256, warning }) {
    const title = landing("h3", texts.chosen)
    region.replaceChildren(
      ...[
        title,
        picture(`/photos/${sha256}/grid`, texts.chosen),
        warning && element("p", { className: "notice" }, texts[warning]),
        button(texts.send, "main", () => answer("replaced", { draft })),
        button(texts.choose_another, "", choose),
      ].filter(Boolean),
    )
    land(title)
  }

  function answer(kind, more = {}) {
    if (asked) return
    const request = Array.from(crypto.getRandomValues(new Uint32Array(4)), String).join("-").slice(0, 40)
    asked = { request, timer: setTimeout(() => release(texts.late), PATIENCE) }
    for (const one of region.querySelectorAll("button")) one.disabled = true
    region.append(element("p", { role: "status" }, texts.one_moment))
    send({ request, kind, photo: photo.id, version: photo.version, ...more })
  }

  function refuse(refusal) {
    if (asked && refusal?.request === asked.request) release(refusal.message)
  }

  /** Whatever was chosen or written is still there. */
  function release(problem) {
    clearTimeout(asked?.timer)
    asked = null
    region.querySelector("[role=status]")?.remove()
    region.querySelector("[role=alert]")?.remove()
    for (const one of region.querySelectorAll("button")) one.disabled = false
    region.prepend(alarm(problem))
  }

  function close() {
    sending?.abort()
    clearTimeout(asked?.timer)
    sending = asked = null
  }

  return { node, draw, refuse, close }
}

function picture(src, alt) {
  return element("img", { src, alt })
}

function alarm(text) {
  return element("p", { role: "alert", className: "notice" }, text)
}

function land(node) {
  node?.focus()
}
