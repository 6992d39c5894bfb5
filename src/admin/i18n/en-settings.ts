/** The texts of the view "Settings". */
export const settings = {
  title: "Settings",
};
