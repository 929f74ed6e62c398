// Starts Swagger UI on Civility's own OpenAPI document, light or dark as the reader's system is.
(() => {
  "use strict";

  const page = document.getElementById("api-docs");

  window.SwaggerUIBundle({
    url: page.dataset.openapiUrl,
    domNode: page,
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    validatorUrl: null, // its default sends the document to another server
  });

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();
})();
