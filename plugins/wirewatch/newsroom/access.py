"""The logged-in user, their rights, and the warehouse: the only module of the pages that imports Airflow.

These imports are Airflow's internals, so that a change there is fixed here.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import AccessView, DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.configuration import conf
from airflow.sdk import BaseHook
from fastapi import HTTPException

from wirewatch.newsroom.context import PageContext, Reader

EDITORS_DAG = "relabel_articles"
"""Users who may trigger this DAG can change past tags, and so they may correct a tag."""


def reader(user: GetUserDep) -> Reader:
    """The logged-in user; Airflow answers 401 to anybody else.

    Raises HTTPException 403 for a user who may not see the website.
    """
    rights = get_auth_manager()
    if not rights.is_authorized_view(access_view=AccessView.WEBSITE, user=user):
        raise HTTPException(403, "Your Airflow role does not allow this page; ask an administrator for role Viewer.")
    may_edit = rights.is_authorized_dag(
        method="POST", access_entity=DagAccessEntity.RUN, details=DagDetails(id=EDITORS_DAG), user=user
    )
    return Reader(id=user.get_id(), name=user.get_name(), may_edit=may_edit)


def warehouse_dsn() -> str:
    """The URI of the Airflow connection `warehouse`."""
    return BaseHook.get_connection("warehouse").get_uri()


def login_address(here: str) -> str:
    """Airflow's login, which leads back to `here`; the root path of Airflow is kept."""
    root = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")
    return f"{root}/api/v2/auth/login?{urlencode({'next': here})}"


def airflow_context() -> PageContext:
    """The page context inside Airflow's API server."""
    return PageContext(
        reader=reader, warehouse_dsn=warehouse_dsn, secret=conf.get("api", "secret_key"), login=login_address
    )
