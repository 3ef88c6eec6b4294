namespace Wgqa.Experiments.Demo;

/// <summary>The grammar's words as tables; <see cref="Lexicon"/> reads them.</summary>
internal static partial class LexiconTables
{
    /// <summary>
    /// <c>article singular, plural = English, English plural : kinds</c>. A dash is a plural that a mass noun lacks; an asterisk
    /// marks the weak masculines, whose other singular cases end in -n or -en; an English plural in -s need not be written.
    /// </summary>
    public const string Nouns =
        """
        der Mann, Männer = man, men : Person
        die Frau, Frauen = woman, women : Person
        das Kind, Kinder = child, children : Person
        das Mädchen, Mädchen = girl : Person
        der Junge*, Jungen = boy : Person
        der Lehrer, Lehrer = teacher : Person Relation Profession
        die Lehrerin, Lehrerinnen = teacher : Person Relation Profession
        der Arzt, Ärzte = doctor : Person Relation Profession
        die Ärztin, Ärztinnen = doctor : Person Relation Profession
        der Freund, Freunde = friend : Person Relation
        die Freundin, Freundinnen = friend : Person Relation
        der Nachbar*, Nachbarn = neighbour : Person Relation
        die Nachbarin, Nachbarinnen = neighbour : Person Relation
        der Bruder, Brüder = brother : Person Relation
        die Schwester, Schwestern = sister : Person Relation
        der Vater, Väter = father : Person Relation
        die Mutter, Mütter = mother : Person Relation
        der Onkel, Onkel = uncle : Person Relation
        die Tante, Tanten = aunt : Person Relation
        der Sohn, Söhne = son : Person Relation
        die Tochter, Töchter = daughter : Person Relation
        der Großvater, Großväter = grandfather : Person Relation
        die Großmutter, Großmütter = grandmother : Person Relation
        der Cousin, Cousins = cousin : Person Relation
        die Cousine, Cousinen = cousin : Person Relation
        der Kollege*, Kollegen = colleague : Person Relation
        die Kollegin, Kolleginnen = colleague : Person Relation
        der Gast, Gäste = guest : Person Relation
        der Chef, Chefs = boss, bosses : Person Relation
        der Zahnarzt, Zahnärzte = dentist : Person Relation Profession
        der Student*, Studenten = student : Person Profession
        die Studentin, Studentinnen = student : Person Profession
        der Schüler, Schüler = pupil : Person
        die Schülerin, Schülerinnen = pupil : Person
        der Polizist*, Polizisten = policeman, policemen : Person Profession
        der Bäcker, Bäcker = baker : Person Profession
        der Koch, Köche = cook : Person Profession
        der Gärtner, Gärtner = gardener : Person Profession
        der Bauer*, Bauern = farmer : Person Profession
        der Maler, Maler = painter : Person Profession
        der Musiker, Musiker = musician : Person Profession
        die Sängerin, Sängerinnen = singer : Person Profession
        der Fahrer, Fahrer = driver : Person
        der Tourist*, Touristen = tourist : Person
        der König, Könige = king : Person
        die Königin, Königinnen = queen : Person
        der Richter, Richter = judge : Person Profession
        der Soldat*, Soldaten = soldier : Person Profession
        der Ingenieur, Ingenieure = engineer : Person Profession
        der Schauspieler, Schauspieler = actor : Person Profession
        die Krankenschwester, Krankenschwestern = nurse : Person Profession
        der Postbote*, Postboten = postman, postmen : Person

        der Hund, Hunde = dog : Animal
        die Katze, Katzen = cat : Animal
        das Pferd, Pferde = horse : Animal
        der Vogel, Vögel = bird : Animal
        die Kuh, Kühe = cow : Animal
        das Schwein, Schweine = pig : Animal
        das Schaf, Schafe = sheep, sheep : Animal
        die Maus, Mäuse = mouse, mice : Animal
        der Hase*, Hasen = hare : Animal
        die Ente, Enten = duck : Animal
        der Esel, Esel = donkey : Animal
        der Bär*, Bären = bear : Animal
        der Fuchs, Füchse = fox, foxes : Animal
        die Ziege, Ziegen = goat : Animal

        das Buch, Bücher = book : Text Portable
        die Zeitung, Zeitungen = newspaper : Text Portable
        der Brief, Briefe = letter : Text Portable Query
        das Gedicht, Gedichte = poem : Text
        der Bericht, Berichte = report : Text
        die Nachricht, Nachrichten = message : Text Query
        die Postkarte, Postkarten = postcard : Text Portable
        der Roman, Romane = novel : Text Portable
        die Geschichte, Geschichten = story, stories : Text Story

        der Apfel, Äpfel = apple : Food
        die Birne, Birnen = pear : Food
        die Banane, Bananen = banana : Food
        die Orange, Orangen = orange : Food
        der Kuchen, Kuchen = cake : Food Baked
        die Pizza, Pizzas = pizza : Food Baked
        das Brötchen, Brötchen = roll : Food Baked
        das Brot, - = bread : Food Baked
        der Käse, - = cheese : Food
        das Fleisch, - = meat : Food Dish
        der Reis, - = rice : Food Dish
        die Suppe, Suppen = soup : Food Dish
        der Salat, Salate = salad : Food
        das Ei, Eier = egg : Food Dish
        die Tomate, Tomaten = tomato, tomatoes : Food
        die Kartoffel, Kartoffeln = potato, potatoes : Food Dish
        die Wurst, Würste = sausage : Food
        die Schokolade, - = chocolate : Food
        der Honig, - = honey : Food

        das Wasser, - = water : Drink
        der Kaffee, - = coffee : Drink
        der Tee, - = tea : Drink
        die Milch, - = milk : Drink
        der Saft, - = juice : Drink
        das Bier, - = beer : Drink
        der Wein, - = wine : Drink
        die Limonade, - = lemonade : Drink

        der Mantel, Mäntel = coat : Clothing Portable
        das Hemd, Hemden = shirt : Clothing Portable
        das Kleid, Kleider = dress, dresses : Clothing Portable
        der Hut, Hüte = hat : Clothing Portable
        die Jacke, Jacken = jacket : Clothing Portable
        der Pullover, Pullover = pullover : Clothing Portable
        der Rock, Röcke = skirt : Clothing Portable
        der Schal, Schals = scarf, scarves : Clothing Portable
        der Anzug, Anzüge = suit : Clothing Portable
        die Bluse, Blusen = blouse : Clothing Portable
        die Mütze, Mützen = cap : Clothing Portable
        die Krawatte, Krawatten = tie : Clothing Portable

        das Auto, Autos = car : Vehicle
        das Fahrrad, Fahrräder = bicycle : Vehicle
        das Boot, Boote = boat : Vehicle
        das Motorrad, Motorräder = motorcycle : Vehicle
        der Lastwagen, Lastwagen = truck : Vehicle
        der Bus, Busse = bus, buses : Transport
        der Zug, Züge = train : Transport
        das Schiff, Schiffe = ship : Transport
        das Flugzeug, Flugzeuge = plane : Transport

        die Uhr, Uhren = clock : Device Portable
        der Computer, Computer = computer : Device
        das Radio, Radios = radio : Device Portable
        die Kamera, Kameras = camera : Device Portable
        die Lampe, Lampen = lamp : Device Portable
        das Telefon, Telefone = telephone : Device
        die Maschine, Maschinen = machine : Device
        der Drucker, Drucker = printer : Device

        der Ball, Bälle = ball : Portable
        die Tasche, Taschen = bag : Portable
        der Koffer, Koffer = suitcase : Portable
        der Schlüssel, Schlüssel = key : Portable
        die Flasche, Flaschen = bottle : Portable
        das Glas, Gläser = glass, glasses : Portable
        der Teller, Teller = plate : Portable
        die Tasse, Tassen = cup : Portable
        das Messer, Messer = knife, knives : Portable
        die Gabel, Gabeln = fork : Portable
        der Löffel, Löffel = spoon : Portable
        der Schirm, Schirme = umbrella : Portable
        das Bild, Bilder = picture : Portable
        die Blume, Blumen = flower : Portable
        das Geschenk, Geschenke = present : Portable
        das Paket, Pakete = parcel : Portable
        der Stift, Stifte = pen : Portable
        die Kerze, Kerzen = candle : Portable
        die Puppe, Puppen = doll : Portable
        die Kiste, Kisten = box, boxes : Portable
        der Korb, Körbe = basket : Portable
        das Heft, Hefte = notebook : Portable
        der Spiegel, Spiegel = mirror : Portable
        die Münze, Münzen = coin : Portable
        die Decke, Decken = blanket : Portable
        der Ring, Ringe = ring : Portable
        der Hammer, Hämmer = hammer : Portable

        die Gitarre, Gitarren = guitar : Portable
        die Geige, Geigen = violin : Portable

        der Tisch, Tische = table : Furniture
        der Stuhl, Stühle = chair : Furniture
        das Bett, Betten = bed : Furniture
        das Sofa, Sofas = sofa : Furniture
        der Schrank, Schränke = cupboard : Furniture
        das Regal, Regale = shelf, shelves : Furniture
        der Teppich, Teppiche = carpet : Furniture

        die Tür, Türen = door : Opening
        das Fenster, Fenster = window : Opening
        das Tor, Tore = gate : Opening

        das Haus, Häuser = house : Building
        die Wohnung, Wohnungen = flat : Building
        die Schule, Schulen = school : Building
        die Kirche, Kirchen = church, churches : Building
        das Museum, Museen = museum : Building
        die Brücke, Brücken = bridge : Building
        der Turm, Türme = tower : Building
        das Hotel, Hotels = hotel : Building
        das Schloss, Schlösser = castle : Building
        der Bahnhof, Bahnhöfe = station : Building
        das Krankenhaus, Krankenhäuser = hospital : Building
        die Fabrik, Fabriken = factory, factories : Building
        das Restaurant, Restaurants = restaurant : Building
        das Theater, Theater = theatre : Building
        die Bibliothek, Bibliotheken = library, libraries : Building
        der Laden, Läden = shop : Building
        die Mauer, Mauern = wall : Building

        der Garten, Gärten = garden : Outdoors
        der Park, Parks = park : Outdoors
        der Wald, Wälder = forest : Outdoors
        der See, Seen = lake : Outdoors
        der Fluss, Flüsse = river : Outdoors
        der Berg, Berge = mountain : Outdoors
        die Stadt, Städte = town : Outdoors
        das Dorf, Dörfer = village : Outdoors
        die Straße, Straßen = street : Outdoors
        die Insel, Inseln = island : Outdoors
        der Markt, Märkte = market : Outdoors
        der Platz, Plätze = square : Outdoors
        das Feld, Felder = field : Outdoors
        der Strand, Strände = beach, beaches : Outdoors
        das Tal, Täler = valley : Outdoors

        die Küche, Küchen = kitchen : Room
        das Zimmer, Zimmer = room : Room
        das Büro, Büros = office : Room
        der Keller, Keller = cellar : Room
        das Badezimmer, Badezimmer = bathroom : Room
        das Wohnzimmer, Wohnzimmer = living room : Room
        die Garage, Garagen = garage : Room

        die Frage, Fragen = question : Matter Query
        die Antwort, Antworten = answer : Matter
        das Problem, Probleme = problem : Matter Puzzle
        die Idee, Ideen = idea : Matter
        der Plan, Pläne = plan : Matter
        die Aufgabe, Aufgaben = task : Matter Puzzle
        die Regel, Regeln = rule : Matter
        der Fehler, Fehler = mistake : Matter
        der Film, Filme = film : Show
        das Lied, Lieder = song : Music
        das Konzert, Konzerte = concert : Music Show
        das Spiel, Spiele = game : Show
        die Reise, Reisen = journey : Trip
        der Urlaub, Urlaube = holiday : Trip
        """;
}
