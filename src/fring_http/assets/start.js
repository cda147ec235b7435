// Where the server is reached, only the browser knows.
document.getElementById("server").textContent = new URL("../", document.currentScript.src).href;
