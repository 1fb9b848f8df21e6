import { malformed, type Problem } from "../problems.ts";
import { type Authenticator, USER_ID, USER_ID_WORDS } from "./authenticator.ts";

const NOBODY: Problem = {
  kind: "unauthenticated",
  detail: "Send the shopper's id in the X-User-Id header.",
  challenge: 'Trusted header="X-User-Id"',
};

/** `AUTH=trusted`: the shop's own backend says in X-User-Id for whom it asks. */
export const trustedHeader: Authenticator = {
  userOf(request) {
    const userId = request.headers["x-user-id"];
    if (userId === undefined || userId === "") return NOBODY;
    if (typeof userId === "string" && USER_ID.test(userId)) return userId;
    return malformed([{ field: "X-User-Id", message: `must be ${USER_ID_WORDS}` }]);
  },
};
