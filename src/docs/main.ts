import "swagger-ui-dist/swagger-ui.css";
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

/** Shows the description that this very service gives of itself. Nothing is asked of anybody else. */
SwaggerUI({
  dom_id: "#api",
  url: "/v1/openapi.json",
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: -1,
});
