// How long the order waits for its customer, and more time for whom there is no hurry.

import { alarm, button, element, newRequest } from "./element.js"

export class Wait {
  node = element("div", { className: "wait" })
  #send
  #drawn = ""
  #asked = null

  constructor(send) {
    this.#send = send
  }

  draw(wait, photos, texts) {
    const state = JSON.stringify(wait)
    if (state === this.#drawn) return
    this.#drawn = state
    this.#asked = null
    if (!wait) return this.node.replaceChildren()
    const day = wait.day && inWords(new Date(wait.day), texts.locale, wait.time_zone)
    const words = element("p", {}, wait.words.replace("{day}", day))
    this.node.replaceChildren(words)
    if (wait.then) words.append(" ", element("span", { className: "then" }, wait.then))
    if (wait.may_take_longer) this.#offer(photos, texts)
  }

  refuse(refusal) {
    if (!this.#asked || refusal?.request !== this.#asked) return
    this.#asked = null
    this.node.querySelector("button").disabled = false
    this.node.append(alarm(refusal.message))
  }

  #offer(photos, texts) {
    const { id, version } = photos.find((photo) => photo.question)
    const take = button(texts.more_time, "", () => {
      this.#asked = newRequest()
      take.disabled = true
      this.#send({ request: this.#asked, kind: "more_time", photo: id, version })
    })
    this.node.append(take)
  }
}

/** "Tuesday 1 December at 10:00", as it is where the shop is. */
function inWords(day, locale, timeZone) {
  return new Intl.DateTimeFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  }).format(day)
}
