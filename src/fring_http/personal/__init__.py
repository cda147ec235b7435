"""The API of personal lists, `/api/{user_id}/tasks`."""

from fring_http.personal.routes import personal_router

__all__ = ["personal_router"]
