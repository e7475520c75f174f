"""The part of the demo shop that a person or a test commands: customers order, the merchant acts,
and things go wrong."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.demo import news, orders
from core.demo.acts import ACTS
from core.demo.answers import Answers
from core.demo.courier import News
from core.demo.faults import Faults
from core.demo.records import Order
from core.demo.refusals import Refused
from core.demo.site import Site
from core.demo.webhooks import APP_ADDRESS
from core.demo.wishes import Wish

MOST_AT_ONCE = 1000


class _Sending(BaseModel):
    model_config = ConfigDict(extra="forbid")

    topic: str
    payload: dict[str, Any]
    webhook_id: str | None = None


def routes(site: Site) -> list[Route]:
    merchant = _Merchant(site)
    return [
        Route("/demo/orders", merchant.send_orders, methods=["POST"]),
        Route("/demo/orders/{number:int}/{action}", merchant.act, methods=["POST"]),
        Route("/demo/webhooks", merchant.send_webhook, methods=["POST"]),
        Route("/demo/install", merchant.install, methods=["POST"]),
        Route("/demo/uninstall", merchant.uninstall, methods=["POST"]),
    ]


def fault_route(site: Site) -> Route:
    return Route("/demo/faults", _Merchant(site).set_faults, methods=["POST"])


class _Merchant:
    def __init__(self, site: Site) -> None:
        self.site = site

    async def send_orders(self, request: Request) -> Response:
        count = request.query_params.get("count", "1")
        if not self.site.is_controlled(request):
            return _forbidden()
        if not count.isdecimal() or not 1 <= int(count) <= MOST_AT_ONCE:
            return JSONResponse({"errors": f"count must be 1 to {MOST_AT_ONCE}"}, 400)
        sent = await run_in_threadpool(self._place, self.site.answers(request), int(count))
        return JSONResponse({"orders": [order.name for order in sent]}, 201)

    def _place(self, answers: Answers, count: int) -> list[Order]:
        shop = self.site.shop
        with shop.lock:
            sent = orders.more_orders(shop.next_number, count, shop.photos)
            if self.site.faults.late_fulfillment_orders:
                self.site.route_later(answers, sent)
            shop.save(sent)
            for order in sent:
                self.site.courier.announce(news.placed(answers, order))
        return sent

    async def act(self, request: Request) -> Response:
        """What the merchant or another app does to an order in Shopify."""
        if not self.site.is_controlled(request):
            return _forbidden()
        try:
            wish = Wish.model_validate_json(await request.body() or b"{}")
        except ValidationError as error:
            return _invalid(error)
        return await run_in_threadpool(self._act, request, wish)

    def _act(self, request: Request, wish: Wish) -> Response:
        act = ACTS.get(request.path_params["action"])
        with self.site.shop.lock:
            order = self.site.shop.orders.get(request.path_params["number"])
            if order is None or act is None:
                return JSONResponse({"errors": "Not Found"}, 404)
            try:
                act(self.site.answers(request), order, wish)
            except Refused as refused:
                return JSONResponse({"errors": str(refused)}, 422)
        return JSONResponse({"order": order.name})

    async def send_webhook(self, request: Request) -> Response:
        """Any topic with any payload, to the address where the app last wanted to be told."""
        if not self.site.is_controlled(request):
            return _forbidden()
        try:
            wanted = _Sending.model_validate_json(await request.body())
        except ValidationError as error:
            return _invalid(error)
        address = await run_in_threadpool(self.site.shop.noted, APP_ADDRESS)
        if address is None:
            return JSONResponse({"errors": "No app has ever subscribed to a webhook."}, 409)
        self.site.courier.send(News(wanted.topic, wanted.payload), address, wanted.webhook_id)
        return Response(status_code=202)

    async def install(self, request: Request) -> Response:
        if not self.site.is_controlled(request):
            return _forbidden()
        await run_in_threadpool(self.site.shop.install)
        return Response(status_code=204)

    async def uninstall(self, request: Request) -> Response:
        if not self.site.is_controlled(request):
            return _forbidden()
        await run_in_threadpool(self._uninstall)
        return Response(status_code=204)

    def _uninstall(self) -> None:
        with self.site.shop.lock:
            self.site.courier.announce([news.uninstalled()])
            self.site.shop.uninstall()

    async def set_faults(self, request: Request) -> Response:
        try:
            wanted = Faults.model_validate_json(await request.body())
        except ValidationError as error:
            return _invalid(error)
        before = self.site.scopes
        self.site.faults.replace(wanted)
        self.site.bucket.restore_rate = wanted.restore_rate
        if self.site.scopes != before:
            self.site.courier.announce([news.scopes_changed(before, self.site.scopes)])
        return Response(status_code=204)


def _forbidden() -> Response:
    return JSONResponse({"errors": "Forbidden"}, 403)


def _invalid(error: ValidationError) -> Response:
    return Response(error.json(), 400, media_type="application/json")
