namespace Wgqa.Experiments.Demo;

internal static partial class LexiconTables
{
    /// <summary>
    /// <c>infinitive[, third person, preterite, participle] = English[, past, participle] : frame</c>. A bar follows a separable
    /// prefix; forms that are not written are regular. An English word after ^ is a particle that a pronoun goes before, any
    /// other second word a preposition. Frames: <c>none</c>, <c>place</c>, <c>direction</c>, <c>far</c> (to cities and countries), <c>acc KINDS</c>, <c>dat KINDS</c>,
    /// <c>PREPOSITION+acc KINDS</c>, <c>PREPOSITION+dat KINDS</c>, <c>give KINDS</c> (a person in the dative and a thing; with
    /// <c>to</c> after it where English needs one). Marks before a frame: <c>sein</c> (the perfect's auxiliary), <c>sich</c>
    /// (reflexive), <c>state</c> (no progressive).
    /// </summary>
    public const string Verbs =
        """
        lesen, liest, las, gelesen = read, read, read : acc Text
        schreiben, schreibt, schrieb, geschrieben = write, wrote, written : acc Text
        kaufen = buy, bought, bought : acc Food Drink Clothing Vehicle Device Portable Furniture
        verkaufen = sell, sold, sold : acc Clothing Vehicle Device Portable Furniture Animal
        suchen = look for : acc Portable Clothing Device Animal Person Text
        finden, findet, fand, gefunden = find, found, found : acc Portable Clothing Device Animal Person
        sehen, sieht, sah, gesehen = see, saw, seen : state acc Person Animal Vehicle Transport Building Show
        essen, isst, aß, gegessen = eat, ate, eaten : acc Food
        trinken, trinkt, trank, getrunken = drink, drank, drunk : acc Drink
        kochen = cook : acc Dish
        backen, backt, backte, gebacken = bake : acc Baked
        öffnen = open : acc Opening
        schließen, schließt, schloss, geschlossen = close : acc Opening
        reparieren = repair : acc Vehicle Device Opening Furniture
        waschen, wäscht, wusch, gewaschen = wash : acc Clothing Vehicle
        putzen = clean : acc Room Opening Vehicle
        bauen = build, built, built : acc Building Furniture Vehicle
        malen = paint : acc Animal Building Person Outdoors
        zeichnen = draw, drew, drawn : acc Animal Building Person
        besuchen = visit : acc Person Building Outdoors
        treffen, trifft, traf, getroffen = meet, met, met : acc Person
        fragen = ask : acc Person
        verstehen, versteht, verstand, verstanden = understand, understood, understood : state acc Matter Person Text
        kennen, kennt, kannte, gekannt = know, knew, known : state acc Person Building Outdoors
        lieben = love : state acc Person Animal
        brauchen = need : state acc Portable Clothing Device Vehicle Furniture Food
        tragen, trägt, trug, getragen = wear, wore, worn : acc Clothing
        holen = fetch : acc Portable Person Food
        verlieren, verliert, verlor, verloren = lose, lost, lost : acc Portable Clothing
        vergessen, vergisst, vergaß, vergessen = forget, forgot, forgotten : acc Portable Clothing Matter
        bezahlen = pay for, paid, paid : acc Food Drink Clothing Portable
        benutzen = use : acc Device Vehicle Portable
        füttern = feed, fed, fed : acc Animal
        jagen = chase : acc Animal
        fotografieren = photograph : acc Person Animal Building
        bestellen = order : acc Food Drink
        probieren = try : acc Food Drink
        schneiden, schneidet, schnitt, geschnitten = cut, cut, cut : acc Baked
        werfen, wirft, warf, geworfen = throw, threw, thrown : acc Portable
        verstecken = hide, hid, hidden : acc Portable Food
        zerbrechen, zerbricht, zerbrach, zerbrochen = break, broke, broken : acc Portable
        beantworten = answer : acc Query
        lösen = solve : acc Puzzle
        erklären = explain : acc Matter
        übersetzen = translate : acc Text
        planen = plan : acc Trip
        hören = hear, heard, heard : state acc Music
        bemerken = notice : acc Person Animal Puzzle
        retten = save : acc Person Animal
        stehlen, stiehlt, stahl, gestohlen = steal, stole, stolen : acc Portable Vehicle
        bewundern = admire : acc Person Building Music
        beobachten = watch : acc Person Animal Transport
        begrüßen = greet : acc Person
        wecken = wake, woke, woken : acc Person
        loben = praise : acc Person
        heiraten = marry : acc Profession

        an|rufen, ruft, rief, angerufen = call : acc Person
        ab|holen = pick ^up : acc Person Portable
        auf|machen = open : acc Opening
        zu|machen = close : acc Opening
        ein|laden, lädt, lud, eingeladen = invite : acc Person
        mit|bringen, bringt, brachte, mitgebracht = bring ^along, brought, brought : acc Portable Food Drink Person
        auf|räumen = tidy ^up : acc Room
        an|ziehen, zieht, zog, angezogen = put ^on, put, put : acc Clothing
        aus|ziehen, zieht, zog, ausgezogen = take ^off, took, taken : acc Clothing
        auf|hängen = hang ^up, hung, hung : acc Clothing
        ab|schließen, schließt, schloss, abgeschlossen = lock : acc Opening Room
        aus|leihen, leiht, lieh, ausgeliehen = borrow : acc Portable Vehicle
        weg|werfen, wirft, warf, weggeworfen = throw ^away, threw, thrown : acc Portable Clothing
        ein|packen = pack : acc Clothing Portable
        an|sehen, sieht, sah, angesehen = look at : acc Person Building Animal
        kennen|lernen = get to know, got, got : acc Person
        aus|schalten = switch ^off : acc Device
        ein|schalten = switch ^on : acc Device
        vor|bereiten, bereitet, bereitete, vorbereitet = prepare : acc Trip Dish
        auf|schreiben, schreibt, schrieb, aufgeschrieben = write ^down, wrote, written : acc Matter Text
        ab|sagen = cancel, cancelled, cancelled : acc Trip Show

        schlafen, schläft, schlief, geschlafen = sleep, slept, slept : none
        arbeiten = work : none
        spielen = play : none
        tanzen = dance : none
        singen, singt, sang, gesungen = sing, sang, sung : none
        lachen = laugh : none
        weinen = cry : none
        träumen = dream : none
        frühstücken = have breakfast, had, had : none
        schwimmen, schwimmt, schwamm, geschwommen = swim, swam, swum : sein none
        laufen, läuft, lief, gelaufen = run, ran, run : sein none
        auf|stehen, steht, stand, aufgestanden = get up, got, got : sein none
        auf|wachen = wake up, woke, woken : sein none
        ein|schlafen, schläft, schlief, eingeschlafen = fall asleep, fell, fallen : sein none
        an|kommen, kommt, kam, angekommen = arrive : sein none
        zurück|kommen, kommt, kam, zurückgekommen = come back, came, come : sein none
        mit|kommen, kommt, kam, mitgekommen = come along, came, come : sein none
        weg|gehen, geht, ging, weggegangen = go away, went, gone : sein none
        ein|kaufen = shop : none
        aus|ruhen = rest : sich none
        fern|sehen, sieht, sah, ferngesehen = watch television : none
        nach|denken, denkt, dachte, nachgedacht = think, thought, thought : none
        um|ziehen, zieht, zog, umgezogen = move : sein none

        wohnen = live : state place
        sitzen, sitzt, saß, gesessen = sit, sat, sat : place
        stehen, steht, stand, gestanden = stand, stood, stood : place
        warten = wait : place
        bleiben, bleibt, blieb, geblieben = stay : sein place
        gehen, geht, ging, gegangen = go, went, gone : sein direction
        fahren, fährt, fuhr, gefahren = drive, drove, driven : sein direction
        fliegen, fliegt, flog, geflogen = fly, flew, flown : sein far
        reisen = travel, travelled, travelled : sein far
        kommen, kommt, kam, gekommen = come, came, come : sein direction
        zurück|gehen, geht, ging, zurückgegangen = go back, went, gone : sein direction

        helfen, hilft, half, geholfen = help : dat Person
        danken = thank : dat Person
        gratulieren = congratulate : dat Person
        folgen = follow : sein dat Person Animal Vehicle
        antworten = answer : dat Person
        glauben = believe : state dat Person
        zu|hören = listen to : dat Person
        vertrauen = trust : state dat Person

        warten = wait for : auf+acc Person Transport Text
        denken, denkt, dachte, gedacht = think of, thought, thought : an+acc Person Trip
        sprechen, spricht, sprach, gesprochen = speak to, spoke, spoken : mit+dat Person
        reden = talk about : über+acc Matter Text Show Person
        träumen = dream of : von+dat Trip Vehicle Building Person
        lachen = laugh at : über+acc Text Show
        freuen = look forward to : sich auf+acc Trip Show
        erinnern = remember : sich state an+acc Person Trip Matter
        ärgern = get annoyed at, got, got : sich über+acc Matter Person
        kümmern = take care of, took, taken : sich um+acc Person Animal
        an|fangen, fängt, fing, angefangen = begin with, began, begun : mit+dat Puzzle
        tanzen = dance with : mit+dat Person
        spielen = play with : mit+dat Animal
        schreiben, schreibt, schrieb, geschrieben = write to, wrote, written : an+acc Person

        geben, gibt, gab, gegeben = give, gave, given : give Portable Food Text
        zeigen = show, showed, shown : give Portable Building Device Text
        schicken = send, sent, sent : give Portable Text
        schenken = give, gave, given : give Portable Clothing Animal
        leihen, leiht, lieh, geliehen = lend, lent, lent : give Portable Vehicle
        bringen, bringt, brachte, gebracht = bring, brought, brought : give Food Drink Portable
        erzählen = tell, told, told : give Story
        erklären = explain to : give Matter
        empfehlen, empfiehlt, empfahl, empfohlen = recommend to : give Text Show
        """;
}
