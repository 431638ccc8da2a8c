from medidesk.cabinets.models import Cabinet


def test_only_cabinets_that_asked_are_listed(public_client, cabinet, other_cabinet):
    Cabinet.objects.filter(pk=cabinet.pk).update(is_listed=True)

    page = public_client.get("/").content.decode()

    assert ("Cabinet du Beffroi" in page, "Cabinet du Volcan" in page) == (True, False)


def test_search_ignores_accents_and_case(public_client, cabinet):
    Cabinet.objects.filter(pk=cabinet.pk).update(is_listed=True, city="Évreux")

    assert "Cabinet du Beffroi" in public_client.get("/?q=EVREUX beffroi").content.decode()
    assert "Aucun cabinet ne correspond" in public_client.get("/?q=lille").content.decode()
