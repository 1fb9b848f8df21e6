import { render } from "preact";
import { feed } from "./feed.ts";
import { Page } from "./page.tsx";

void feed();

const root = document.getElementById("page");
if (root) render(<Page />, root);
