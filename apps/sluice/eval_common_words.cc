#include "sluice/eval_common_words.h"

namespace sluice::eval {

const std::string_view common_word_kinds = R"(
material noun: leather, fabric, velvet, wool, silk, cotton, linen, suede, plastic, glass, marble, granite, concrete, bamboo, rubber, vinyl, brick, stone, ceramic, wood
furniture noun: sofa, bed, table, chair, wardrobe, bookshelf, mattress, desk, stool, bench, carpet, curtain, mirror, lamp, drawer
room noun: kitchen, bathroom, bedroom, garage, balcony, hallway, attic, basement, nursery, office, classroom, corridor, pantry
clothing noun: jacket, sweater, dress, skirt, scarf, glove, sock, shirt, coat, hat, belt, tie, suit, swimsuit, raincoat
device noun: laptop, keyboard, printer, monitor, router, camera, speaker, headphone, charger, tablet, projector, scanner, microphone, drone, calculator, thermostat
tool noun: hammer, saw, drill, wrench, chisel, ladder, shovel, rake, axe, screwdriver, lawnmower, wheelbarrow, chainsaw
profession noun: plumber, electrician, carpenter, dentist, pilot, farmer, baker, butcher, librarian, architect, surgeon, firefighter, translator, accountant, journalist, waiter, gardener, tailor, soldier, judge
body noun: shoulder, knee, ankle, elbow, wrist, neck, hip, thumb, toe, chin, jaw, tongue, stomach, kidney, liver, lung, scalp, throat
animal noun: rabbit, hamster, goat, parrot, turtle, donkey, pigeon, squirrel, otter, hedgehog, ferret, lizard, peacock
insect noun: ant, wasp, moth, spider, termite, beetle, flea, mosquito, caterpillar
plant noun: rose, tulip, orchid, fern, cactus, lavender, basil, mint, oak, maple, daisy, sunflower, ivy, bonsai
vegetable noun: cabbage, spinach, pumpkin, cucumber, carrot, onion, pepper, radish, celery, leek, turnip, lettuce, cauliflower
fruit noun: peach, plum, cherry, apricot, pear, melon, mango, lemon, grape, fig, coconut, raspberry
dish noun: pancake, soup, pizza, salad, curry, stew, omelette, risotto, lasagna, pie, sandwich, dumpling, burger
drink noun: tea, coffee, lemonade, cocoa, wine, beer, cider, smoothie, milk, juice
vehicle noun: truck, motorcycle, scooter, van, tractor, bus, boat, canoe, trailer, helicopter, tram, caravan
part noun: brake, clutch, engine, windshield, bumper, tire, battery, exhaust, headlight, gearbox, radiator
sport noun: swimming, boxing, fencing, archery, rowing, wrestling, skating, climbing, surfing, golf, karate, gymnastics
instrument noun: guitar, flute, violin, trumpet, drum, cello, harp, clarinet, banjo, accordion, ukulele
building noun: hospital, library, museum, airport, church, bakery, pharmacy, hotel, stadium, theater, bridge, castle, prison, warehouse, factory
weather noun: storm, rainbow, fog, snow, hail, thunder, tornado, frost, drought, flood
landform noun: mountain, river, lake, volcano, desert, glacier, island, canyon, forest, cave, waterfall, swamp
document noun: passport, invoice, contract, receipt, certificate, diploma, brochure, letter, newsletter, resume, questionnaire, manuscript
software noun: spreadsheet, database, browser, calendar, firewall, password, folder, webcam, plugin, font, script, dashboard, screenshot
code noun: function, variable, loop, class, pointer, array, string, thread, queue, interface, iterator, dictionary
event noun: wedding, funeral, birthday, picnic, concert, interview, exam, meeting, graduation, festival, reunion, parade
finance noun: mortgage, pension, dividend, salary, bond, inheritance, bonus, loan, grant, scholarship, refund, subsidy
ailment noun: headache, cough, fever, rash, sprain, blister, bruise, sunburn, cramp, allergy, toothache, hangover
container noun: bottle, bucket, barrel, basket, jar, suitcase, backpack, envelope, crate, aquarium
subject noun: chemistry, history, geometry, poetry, astronomy, grammar, geography, sculpture, economics, botany
relation noun: neighbor, roommate, teacher, grandfather, stepson, cousin, coworker, landlord, classmate, babysitter
appliance noun: oven, dishwasher, freezer, toaster, blender, kettle, microwave, heater, fan, vacuum, stove, juicer
taste adjective: spicy, creamy, crunchy, smoky, bland, salty, juicy, crispy
feeling adjective: lonely, nervous, jealous, angry, bored, embarrassed, curious, grateful, anxious, homesick
surface adjective: sticky, rusty, greasy, dusty, scratched, cracked, faded, wrinkled, frozen, burnt
design adjective: striped, transparent, waterproof, inflatable, magnetic, portable, foldable, luminous, handmade, vintage
shape adjective: round, rectangular, triangular, oval, spiral, hollow, flat, curved
weathered adjective: sunny, windy, cloudy, rainy, snowy, foggy, stormy
quality adjective: famous, dangerous, rare, haunted, expensive, ancient, beautiful, mysterious, poisonous, endangered
cooking verb: boil, fry, bake, grill, steam, freeze, marinate, peel, slice, pickle, roast, blend
care verb: clean, paint, polish, repair, store, transport, disassemble, measure, insulate, decorate, weigh, varnish
file verb: rename, compress, print, encrypt, translate, annotate, duplicate, delete, export, archive, share
motion verb: jump, swim, climb, dance, juggle, ski, whistle, sing, wrestle, crawl, dive
upbringing verb: feed, train, groom, adopt, vaccinate, draw, photograph, transport, bathe, breed
)";

const std::string_view common_word_templates = R"(
How do I clean a {material} {furniture}? == What is the best way to clean a {material} {furniture}?
How do I remove stains from {material}? == What is the best way to get stains out of {material}?
Is {material:1} more durable than {material:2}?
Where can I buy a used {device}? == Where can I find a second-hand {device}?
Why is my {device} so slow? == What makes my {device} so slow?
How do I connect a {device} to my phone? == What do I do to connect a {device} to my phone?
My {device} won't turn on
Which {device} would you recommend for a small office?
How much does it cost to paint a {room}? == What is the price of painting a {room}?
What are some good ideas for decorating a small {room}? == Give me ideas for decorating a small {room}
How do I get rid of {insect}s in the {room}? == What is the best way to remove {insect}s from the {room}?
how to get rid of {insect}s
What should I do about {insect} bites?
How do I wash a {material} {clothing}? == What is the right way to wash a {material} {clothing}?
What should I wear with a {design} {clothing}?
How do I make a {design} {furniture}?
Can I bring a {tool} on a plane? == Am I allowed to take a {tool} on a plane?
How do I sharpen a {tool}?
best {tool} for beginners
How much does a {profession} earn? == What is the salary of a {profession}?
How do I become a {profession}? == What does it take to become a {profession}?
What questions should I ask a {profession} before hiring one?
Write a short story about a {profession} who finds a {container}
Why does my {body} hurt after running? == What makes my {body} hurt after running?
How do I treat a swollen {body}? == What is the treatment for a swollen {body}?
exercises for {body} pain
How do I get rid of a {ailment}? == What is the best way to cure a {ailment}?
What causes a {ailment}? == Why do people get a {ailment}?
When should I see a doctor about a {ailment}?
How do I {upbringing} a {animal}? == What is the best way to {upbringing} a {animal}?
What do {animal}s eat? == What is the diet of {animal}s?
How long can a {animal} live without food?
Are {animal}s good pets for children?
How often should I water a {plant}? == How many times a week should I water a {plant}?
How do I grow {plant} indoors? == What is the best way to grow {plant} indoors?
When is the best time to plant {vegetable}?
How do I {cooking} a {vegetable}? == What is the best way to {cooking} a {vegetable}?
Can I {cooking} a {fruit}?
recipe for {taste} {vegetable} {dish}
How long does {dish} keep in the fridge? == How many days can I keep {dish} in the refrigerator?
What goes well with {fruit} {dish}?
How many calories does a {dish} have? == What is the number of calories in a {dish}?
Is {drink} bad for your teeth?
How much {drink} should I serve per guest?
How do I drive a {vehicle}? == What do I need to know to drive a {vehicle}?
Do I need a license for a {vehicle}? == Is a license required for a {vehicle}?
How do I replace the {part} of a {vehicle}? == What are the steps to change the {part} of a {vehicle}?
What does it mean when my {part} makes a strange noise?
How do I get better at {sport}? == How can I improve at {sport}?
What equipment do I need for {sport}? == Which equipment is needed for {sport}?
is {sport} hard to learn
How do I tune a {instrument}? == What is the way to tune a {instrument}?
Can I learn the {instrument} without a teacher?
Where is the nearest {building}? == Where can I find the closest {building}?
What is the most {quality} {building} in the world?
Who designed the first {building}?
What is the most {quality} {landform} on earth?
How is a {landform} formed? == What creates a {landform}?
Write a poem about a {landform} at night
What causes {weather}? == Why does {weather} happen?
Is it safe to drive in {weather}?
What should we do on a {weathered} day? == Suggest things to do on a {weathered} day
How do I write a {document}? == What is the right way to write a {document}?
Where do I send my {document}?
I lost my {document}, what should I do? == What should I do after losing my {document}?
How do I {file} a {document}? == What is the way to {file} a {document}?
How do I create a {software}? == What are the steps to create a {software}?
Why can't I open my {software}?
What is a {code} in programming? == Explain what a {code} is in programming
how do I declare a {code}
What should I bring to a {event}? == Which things should I bring to a {event}?
Help me write a speech for a {event}
What do people wear to a {event}?
How is a {finance} taxed? == What tax do I pay on a {finance}?
Can I lose my {finance} if I move abroad?
how does a {finance} work
How do I fix a {surface} {container}? == What can I do to repair a {surface} {container}?
How do I {care} a {surface} {furniture}? == What is the best way to {care} a {surface} {furniture}?
How do I {care} a {instrument}?
Why do I feel {feeling} at night? == What is the reason I feel {feeling} at night?
How do I help a {feeling} {relation}?
What should I buy my {relation} for Christmas? == What is a good Christmas gift for my {relation}?
How do I apologize to my {relation}?
Is {subject:1} harder than {subject:2}?
What are the best books about {subject}? == Which books about {subject} are the best?
Why should students learn {subject}?
How do I teach a child to {motion}? == What is the best way to teach a child to {motion}?
How did humans learn to {motion}?
How do I calculate the volume of a {shape} {container}?
Where do {animal}s sleep in a {landform}?
My {appliance} smells bad
How do I descale a {appliance}?
How much power does a {appliance} use? == What is the power consumption of a {appliance}?
Which {appliance} is the quietest?
)";

const std::string_view synonym_pairs = R"(
buy purchase
photo picture
film movie
child kid
garbage trash
sofa couch
doctor physician
gift present
illness disease
job occupation
lawyer attorney
answer reply
error mistake
begin start
repair fix
select choose
assist help
obtain get
construct build
modify change
remove delete
increase raise
reduce decrease
explain describe
allow permit
happen occur
quick fast
big large
small tiny
smart clever
difficult hard
simple easy
important essential
sick ill
strange weird
cheap inexpensive
wealthy rich
entire whole
scared afraid
trip journey
vacation holiday
apartment flat
baggage luggage
woman lady
father dad
mother mom
salary wage
company firm
price cost
method way
purpose goal
benefit advantage
effect impact
option choice
meal dish
taxi cab
stomach belly
exam test
)";

}  // namespace sluice::eval
