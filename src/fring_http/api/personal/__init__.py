"""The API of personal lists, `/api/{user_id}/tasks`."""

from fring_http.api.personal.tasks import personal_router

__all__ = ["personal_router"]
