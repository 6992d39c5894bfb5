/** The texts of the view "Token maker". */
export const tokenMaker = {
  title: "Token maker",
};
