// A file of its own, because the page's policy refuses inline scripts.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null, // else Swagger UI may ask a validator on the internet
});
