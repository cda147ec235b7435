// A file of its own, because the page's policy refuses inline scripts.
SwaggerUIBundle({
  url: new URL("../openapi.json", document.currentScript.src).href,
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null, // else Swagger UI may ask a validator on the internet
});
