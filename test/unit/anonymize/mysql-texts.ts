/** Pieces of a dump of MySQL: what its program writes around the rows of one table `t`. */

export const head = `-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: db.shop.example    Database: shop
-- ------------------------------------------------------
-- Server version	8.0.36

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;

`;
export const foot = `/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2024-01-02  3:04:05
`;
export const table = (
  columns: string,
  options = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci',
): string => `DROP TABLE IF EXISTS \`t\`;\nCREATE TABLE \`t\` (\n${columns}\n) ${options};\n`;
export const insert = (rows: string): string =>
  `LOCK TABLES \`t\` WRITE;\nINSERT INTO \`t\` VALUES ${rows};\nUNLOCK TABLES;\n`;
export const text = '  `id` int NOT NULL,\n  `a` text';
