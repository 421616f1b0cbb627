// Advice of products comes into the patient's page when it is there; the page waits for none of it.
// Without JavaScript the link to the page of its own stands in its place.
(() => {
  const place = document.querySelector("[data-advice]");
  if (place === null) return;
  const line = place.querySelector("[role=status]");
  line.textContent = "Products are being asked for advice…";
  fetch(place.dataset.advice, { headers: { accept: "text/html" } })
    .then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(new Error(answer.status))))
    .then((text) => {
      const found = new DOMParser().parseFromString(text, "text/html");
      place.querySelector("[data-cards]").replaceChildren(...found.body.childNodes);
      line.textContent = "";
    })
    .catch(() => {
      line.textContent = "Advice could not be fetched. The link shows why.";
    });
})();
