// A customer's page, as one component: a card for each photo that there was a question about.

import { Card } from "./card.js"
import { element } from "./element.js"
import { Wait } from "./wait.js"

const pages = new WeakMap()

/** Called again whenever the data change: cards with a photo on its way must not notice. */
export default function ({ parentElement, data, setTriggerValue }) {
  let page = pages.get(parentElement)
  if (!page) pages.set(parentElement, (page = createPage(parentElement.querySelector(".page"))))
  page.send = (answer) => setTriggerValue("answered", answer)
  drawPage(page, data)
  return () => {
    for (const card of page.cards.values()) card.close()
    pages.delete(parentElement)
  }
}

function createPage(node) {
  const page = {
    cards: new Map(),
    shop: element("p", { className: "shop" }),
    greeting: element("h1"),
    lead: element("p", { className: "lead" }),
    wait: new Wait((answer) => page.send(answer)),
    photos: element("div", { className: "photos" }),
    others: element("p", { className: "hint" }),
    contact: element("p", { className: "hint" }),
  }
  const { shop, greeting, lead, wait, photos, others, contact } = page
  node.replaceChildren(shop, greeting, lead, wait.node, photos, others, contact)
  return page
}

function drawContact(node, { contact, order, texts }) {
  const [before, after] = texts.contact.split("{email}")
  const href = `mailto:${contact}?subject=${encodeURIComponent(order)}`
  node.replaceChildren(...(contact ? [before, element("a", { href }, contact), after] : []))
}

function drawPage(page, data) {
  page.shop.textContent = `${data.shop} · ${data.order}`
  page.greeting.textContent = data.greeting
  page.lead.textContent = data.lead
  page.wait.draw(data.wait, data.photos, data.texts)
  page.wait.refuse(data.refusal)
  page.others.textContent = data.others
  drawContact(page.contact, data)
  const wanted = new Set(data.photos.map((photo) => photo.id))
  for (const [id, card] of page.cards) {
    if (wanted.has(id)) continue
    card.close()
    card.node.remove()
    page.cards.delete(id)
  }
  for (const photo of data.photos) {
    if (!page.cards.has(photo.id)) {
      const card = new Card((answer) => page.send(answer))
      page.cards.set(photo.id, card)
      page.photos.append(card.node)
    }
    const card = page.cards.get(photo.id)
    card.draw(photo, data.texts, data.longest_message)
    card.refuse(data.refusal)
  }
}
