// A page left open says how old it is. Without JavaScript the time at which it was made stands there all the same.
(() => {
  const line = document.querySelector("[data-made]");
  if (line === null) return;
  const told = line.textContent.trim();
  const opened = Date.now();
  const tell = () => {
    const minutes = Math.floor((Date.now() - opened) / 60000);
    if (minutes < 2) return;
    line.textContent = `${told} That is ${minutes} minutes ago: load it again to see what came since.`;
    line.classList.add("tabard-made--old");
  };
  setInterval(tell, 15000);
  document.addEventListener("visibilitychange", tell);
})();
