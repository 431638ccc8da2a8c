// Asking the server from a page of the desk: parts of pages, and acts.
const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

export const token = () => document.querySelector("[name='csrfmiddlewaretoken']")?.value || cookie("medidesk-csrf") || cookie("__Host-medidesk-csrf");

export const say = (text) => dispatchEvent(new CustomEvent("medidesk:say", { detail: text }));
export const toast = (text, undo) => dispatchEvent(new CustomEvent("medidesk:toast", { detail: { text, undo } }));

// A part of a page as text; "" when nothing changed (304). `etag` is the one the page has.
export async function part(url, name, etag = "") {
  const headers = { "X-Part": name, Accept: "text/html" };
  if (etag) headers["If-None-Match"] = etag;
  const answer = await fetch(url, { headers, cache: "no-store", credentials: "same-origin" });
  if (answer.redirected || answer.status === 401) { location.reload(); return { text: "", etag }; } // the session is over
  if (answer.status === 304) return { text: "", etag };
  if (!answer.ok) throw new Error(String(answer.status));
  return { text: await answer.text(), etag: answer.headers.get("ETag") ?? "" };
}

// An act: a form's fields sent, the JSON or HTML of the answer given back with its status.
export async function act(url, fields, options = {}) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  const answer = await fetch(url, {
    method: "POST", body, credentials: "same-origin", headers: { "X-Part": "act", "X-CSRFToken": token(), Accept: "application/json, text/html" }, ...options,
  });
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  if (answer.status === 401 || answer.redirected) { location.reload(); return { status: 401 }; }
  return { status: answer.status, json: isJson ? await answer.json() : null, html: isJson || answer.status === 204 ? "" : await answer.text() };
}
