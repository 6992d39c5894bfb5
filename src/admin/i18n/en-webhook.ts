/** The texts of the view "Webhook". */
export const webhook = {
  title: "Webhook",
};
