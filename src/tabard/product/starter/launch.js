// The hospital's portal opens this page with `iss` and `launch`; from here it is SMART App Launch.

import { clientId, scope } from "./settings.js";

async function open() {
  try {
    await window.FHIR.oauth2.authorize({ clientId, scope, redirectUri: "index.html", pkceMode: "required" });
  } catch {
    const opening = document.getElementById("opening");
    opening.className = "notice";
    opening.textContent = "This could not be opened. Open it again from the hospital's portal.";
  }
}

open();
