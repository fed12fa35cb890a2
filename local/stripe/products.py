"""Products."""

from local.stripe.details import merged
from local.stripe.errors import Object, invalid
from local.stripe.operations import Operation, Params, listing, page, retrieve
from local.stripe.parameters import BOOLEAN, METADATA, TEXT, TIMES, WORD, many, members
from local.stripe.work import Work

_DETAILS = {
    "active": BOOLEAN,
    "description": TEXT,
    "images": many(WORD),
    "marketing_features": many(members({"name": WORD})),
    "metadata": METADATA,
    "name": WORD,
    "shippable": BOOLEAN,
    "statement_descriptor": TEXT,
    "tax_code": TEXT,
    "unit_label": TEXT,
    "url": TEXT,
}


def create(work: Work, params: Params) -> Object:
    """Make a product; the caller may choose its id."""
    identifier = params.get("id")
    if identifier and not work.world.store.objects.get(identifier, {"deleted": True}).get("deleted"):
        raise invalid(f"Product already exists: {identifier}", "id", "resource_already_exists")
    fields = {
        "active": True,
        "default_price": None,
        "description": None,
        "images": [],
        "marketing_features": [],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "unit_label": None,
        "url": None,
        **params,
        "metadata": merged({}, params.get("metadata")),
        "updated": work.now,
    }
    fields.pop("expand", None)
    product = work.add("prod", "product", **fields)
    work.tell("product.created", product)
    return product


def _update(work: Work, params: Params, identifier: str) -> Object:
    product = work.get("product", identifier)
    if params.get("default_price"):
        price = work.named("price", params["default_price"], "default_price")
        if price["product"] != identifier:
            raise invalid(f"Price {price['id']} does not belong to this product", "default_price")
    fields = {name: value for name, value in params.items() if name != "expand"}
    metadata = merged(product["metadata"], params.get("metadata"))
    if all(product[name] == value for name, value in {**fields, "metadata": metadata}.items()):
        return product
    return work.change(product, "product.updated", **{**fields, "metadata": metadata, "updated": work.now})


def _delete(work: Work, _: Params, identifier: str) -> Object:
    product = work.get("product", identifier)
    if work.world.store.count("price", "product", identifier):
        message = "This product cannot be deleted because it has one or more user-created prices; set active to false."
        raise invalid(message)
    work.tell("product.deleted", product)
    work.world.store.remove(identifier)
    return {"id": identifier, "object": "product", "deleted": True}


def _list(work: Work, params: Params) -> Object:
    def wanted(product: Object) -> bool:
        active, ids = params.get("active"), params.get("ids")
        return active in {None, product["active"]} and (not ids or product["id"] in ids)

    return page(work, params, "product", keep=wanted)


OPERATIONS = (
    Operation("POST", "/products", create, {**_DETAILS, "id": TEXT}, ("name",)),
    listing("/products", _list, {"active": BOOLEAN, "created": TIMES, "ids": many(WORD)}),
    Operation("GET", "/products/{}", retrieve("product")),
    Operation("POST", "/products/{}", _update, {**_DETAILS, "default_price": TEXT}),
    Operation("DELETE", "/products/{}", _delete, expands=False),
)
