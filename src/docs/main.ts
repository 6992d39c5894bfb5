import "swagger-ui-dist/swagger-ui.css";
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

/** Shows the OpenAPI description of this service. `validatorUrl: null` keeps Swagger UI from contacting a third-party validator. */
SwaggerUI({
  dom_id: "#api",
  url: "/v1/openapi.json",
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: -1,
});
