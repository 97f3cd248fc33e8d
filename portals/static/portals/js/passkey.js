// A form[data-passkey] asks the device for a passkey ("create" or "get", with the server's data-options) and sends
// what it answers. Without a script, or where the browser has none, the sentence data-unable stays.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const named = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const asked = (options) => ({
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    excludeCredentials: named(options.excludeCredentials),
    allowCredentials: named(options.allowCredentials),
  });

  const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const said = (key) => ({
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    clientExtensionResults: key.getClientExtensionResults(),
    response: Object.fromEntries(
      PARTS.filter((part) => key.response[part]).map((part) => [part, text(key.response[part])]),
    ),
  });

  const ask = async (form) => {
    const { publicKey } = JSON.parse(form.dataset.options);
    const key = await navigator.credentials[form.dataset.passkey]({ publicKey: asked(publicKey) });
    form.elements.credential.value = JSON.stringify(said(key));
    form.submit();
  };

  if (!self.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const refused = form.querySelector("[data-refused]");
    form.querySelector("[data-unable]").hidden = true;
    form.querySelector("[data-ask]").hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      refused.hidden = true;
      ask(form).catch(() => {
        refused.hidden = false;
        refused.focus();
      });
    });
  }
})();
