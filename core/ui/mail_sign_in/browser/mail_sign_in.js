// Signing in by e-mail, as one component. What the server answers is the same for every address.

import { alarm, button, element, land, landing } from "../../photo_upload/browser/element.js"

const forms = new WeakMap()

/** Called again whenever the page runs: what is being typed must not notice. */
export default function ({ parentElement, data }) {
  const node = parentElement.querySelector(".sign-in")
  const drawn = JSON.stringify(data)
  if (forms.get(node) === drawn) return
  forms.set(node, drawn)
  const form = { node, data, email: data.email }
  if (data.step === "link") showLink(form)
  else if (data.step === "code") showCode(form)
  else showAsk(form)
}

function showAsk(form) {
  const { texts } = form.data
  const input = element("input", {
    id: "email",
    type: "email",
    name: "email",
    autocomplete: "email",
    autocapitalize: "none",
    spellcheck: false,
    required: true,
    value: form.email,
  })
  const fields = [labelled(texts.email, input), submit(texts.send_code)]
  show(form, [element("p", {}, form.data.lead)], fields, async () => {
    form.email = input.value.trim()
    await ask(form)
    showCode(form, { moves: true })
  })
  return input
}

function showCode(form, { moves = false, said = "" } = {}) {
  const { texts, shop } = form.data
  const title = landing("h2", texts.code_title)
  const input = element("input", {
    id: "code",
    name: "code",
    inputMode: "numeric",
    autocomplete: "one-time-code",
    pattern: "\\s*(\\d\\s*){6}",
    maxLength: 12,
    required: true,
    title: texts.code,
  })
  const other = button(texts.other_email, "quiet", () => showAsk(form).focus())
  const told = [title, element("p", {}, worded(texts.code_lead, { email: form.email, shop }))]
  if (said) told.push(element("p", { role: "status", className: "notice" }, said))
  const fields = [labelled(texts.code, input), submit(texts.sign_in)]
  const late = element("p", { className: "hint" }, texts.code_late)
  show(form, told, fields, () => enter(form, "code", input.value), [late, again(form), other])
  if (moves) land(title, "start")
}

function showLink(form) {
  const { texts, shop } = form.data
  const lead = worded(texts.link_lead, { email: form.email, shop })
  const told = [element("p", {}, lead)]
  show(form, told, [submit(texts.link_open)], () => enter(form, "link", ""), [again(form, "quiet")])
}

function again(form, className = "") {
  const { texts } = form.data
  return button(texts.send_again, className, () =>
    attempt(form, async () => {
      await ask(form)
      showCode(form, { moves: true, said: texts.sent_again })
    }),
  )
}

function show(form, told, fields, send, more = []) {
  const inputs = element("form", {
    onsubmit: (event) => {
      event.preventDefault()
      attempt(form, send)
    },
  })
  inputs.append(...fields)
  form.problem = element("div")
  form.node.replaceChildren(...told, inputs, form.problem, ...more)
}

/** One at a time; what goes wrong is said below the form. */
async function attempt(form, send) {
  const buttons = [...form.node.querySelectorAll("button")]
  if (buttons.some((each) => each.disabled)) return
  for (const each of buttons) each.disabled = true
  form.problem.replaceChildren()
  try {
    await send()
  } catch (problem) {
    form.problem.replaceChildren(alarm(problem.message))
    for (const each of buttons) each.disabled = false
    form.node.querySelector("input")?.select()
  }
}

async function ask(form) {
  await post(form, `/customer/mail/${form.data.shop_id}`, {
    "X-Email": encodeURIComponent(form.email),
  })
}

async function enter(form, by, code) {
  await post(form, `/customer/${by}`, { Authorization: `Bearer ${code.replace(/\D/g, "")}` })
  location.assign(form.data.to)
}

/** Rejects with the words for whoever reads them. */
async function post(form, address, headers) {
  let answer
  try {
    answer = await fetch(address, { method: "POST", headers: { "X-Loupe": "1", ...headers } })
  } catch {
    throw new Error(form.data.texts.no_answer)
  }
  if (answer.ok) return
  const said = await answer.json().catch(() => null)
  throw new Error(said?.error ?? form.data.texts.no_answer)
}

function labelled(text, input) {
  return element("label", {}, text, input)
}

function submit(text) {
  return element("button", { type: "submit", className: "main" }, text)
}

function worded(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name])
}
