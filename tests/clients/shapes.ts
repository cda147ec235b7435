// Values as people write them by hand, for the types that the document makes: this has to compile.
import type { components, paths } from "./schema.ts";

type Schemas = components["schemas"];

export const user: Schemas["NewUser"] = { username: "alice", email: "alice@example.com" };
export const task: Schemas["NewTask"] = {
  title: "Order seeds",
  description: "Beans",
  status: "todo",
};
export const ownTask: Schemas["NewOwnTask"] = { title: "Water the plants" };
export const cleared: Schemas["TaskChanges"] = { description: null };
export const unchanged: Schemas["OwnTaskChanges"] = {};

export function credentials(name: string, password: string): Schemas["Login"] {
  return name.includes("@") ? { email: name, password } : { username: name, password };
}

// @ts-expect-error Nobody logs in without a name.
export const nobody: Schemas["Login"] = { password: "secret" };

// @ts-expect-error A task has a title.
export const untitled: Schemas["NewTask"] = { description: "Beans" };

export const assigned: paths["/api/v1/tasks"]["get"]["parameters"]["query"] = { assigned: true };

// It compiles only if the cases are all that there are.
export function label(status: Schemas["TaskStatus"]): string {
  switch (status) {
    case "todo":
      return "to do";
    case "in_progress":
      return "begun";
    case "completed":
      return "done";
    case "canceled":
      return "given up";
  }
}

export function asked(status: Schemas["Status"]): Schemas["TaskStatus"] {
  return status === "pending" ? "todo" : status;
}
