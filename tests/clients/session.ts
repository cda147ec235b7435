// A session of an openapi-fetch client with a real server: node session.ts URL [TOKEN]
import createClient from "openapi-fetch";
import { asked, credentials, label, ownTask, task, user } from "./shapes.ts";
import type { paths } from "./schema.ts";

declare const process: { argv: string[] };

const [url, token] = process.argv.slice(2);
const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
const { GET, POST, PUT, PATCH, DELETE } = createClient<paths>({ baseUrl: url ?? "", headers });

function check(right: boolean, what: string): void {
  if (!right) throw new Error(`wrong: ${what}`);
}

function here<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`no answer: ${what}`);
  return value;
}

const made = await POST("/api/v1/users", { body: user });
const { id: user_id } = here(made.data, "create a user");
const place = new URL(made.response.headers.get("location") ?? "", made.response.url);
check(place.href === `${url}/api/v1/users/${user_id}`, "Location");
const again = await POST("/api/v1/users", { body: user });
check(again.response.status === 400, "the status of a username that is taken");
check(again.error?.code === "username_taken", "its code");
const users = here((await GET("/api/v1/users")).data, "list users");
check(users.some((each) => each.id === user_id), "the list of users");

const { id: task_id } = here((await POST("/api/v1/tasks", { body: task })).data, "create a task");
const one = { params: { path: { user_id, task_id } } };
const assignment = await POST("/api/v1/users/{user_id}/tasks/{task_id}", one);
check(assignment.data?.message === `Task ${task_id} assigned to ${user_id}`, "assign a task");
const query = { assigned: true, status: "todo", limit: 1000 } as const;
const found = here((await GET("/api/v1/tasks", { params: { query } })).data, "list tasks");
check(found.some((each) => each.id === task_id && label(each.status) === "to do"), "assigned");
const at = { params: { path: { task_id } } };
const begun = await PUT("/api/v1/tasks/{task_id}", { ...at, body: { status: "in_progress" } });
check(begun.data?.status === "in_progress", "change a task");
const shown = here((await GET("/api/v1/tasks/{task_id}", at)).data, "get a task");
check(shown.assigned_users[0]?.username === user.username, "its users");
const blank = await POST("/api/v1/tasks", { body: { title: " " } });
check(blank.response.status === 422 && blank.error !== undefined, "a blank title");
check((await DELETE("/api/v1/tasks/{task_id}", at)).response.status === 204, "delete a task");

const list = { path: { owner: "me" } };
const body = { ...ownTask, status: asked("pending"), due_date: "2030-06-01" };
const own = here((await POST("/api/{owner}/tasks", { params: list, body })).data, "on a list");
const path = { owner: own.user_id, task_id: own.id };
const listed = here((await GET("/api/{owner}/tasks", { params: list })).data, "a list");
check(listed.some((each) => each.id === own.id), "the task on its list");
const done = await PATCH("/api/{owner}/tasks/{task_id}/complete", { params: { path } });
check(done.data?.completed === true && done.data.due_date === "2030-06-01", "complete a task");

if (token) {
  const password = "correct horse battery staple";
  const account = { username: "bob", email: "bob@example.com", password };
  here((await POST("/api/v1/auth/register", { body: account })).data, "register");
  for (const name of [account.username, account.email]) {
    const entered = await POST("/api/v1/auth/login", { body: credentials(name, password) });
    check(here(entered.data, "log in").access_token.length > 0, "a token");
  }
}
