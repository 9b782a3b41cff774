"""Does it all hold? Tests per service and for shared, contracts, journeys, system, browser, architecture."""
